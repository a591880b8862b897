package infomax.standalone.demo;

import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.encoder.EncoderException;
import infomax.events.Digest;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.UndecodableImageException;
import infomax.standalone.client.ApiClient;
import infomax.standalone.client.ApiClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recomputes the scores of answers from the images, with the encoder that each answer names: an
 * answer whose scores come from another encoder is mixed. One thread of its own with a bounded
 * queue; an answer that finds no room is not checked. Thread-safe.
 */
public final class AnswerCheck implements AutoCloseable {

  /** Largest difference between a score and its recomputation. */
  static final double TOLERANCE = 1e-3;

  private static final Logger LOG = LoggerFactory.getLogger(AnswerCheck.class);
  private static final int QUEUE_MAX = 256;

  private final ApiClient api;
  private final Encoders encoders;
  private final ImageIntake intake;
  private final BlockingQueue<ServedAnswer> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread thread;
  private int checked;
  private int mixed;
  private volatile boolean closing;

  /** Opens the encoder of a release. */
  @FunctionalInterface
  public interface Encoders {
    /** The encoder of release {@code version}; the same one at every call. */
    Encoder open(int version) throws IOException;
  }

  private AnswerCheck(ApiClient api, Encoders encoders, ImageIntake intake) {
    this.api = api;
    this.encoders = encoders;
    this.intake = intake;
    this.thread = Thread.ofPlatform().name("demo-answer-check").daemon(true).unstarted(this::run);
  }

  /** Starts checking what is offered. */
  public static AnswerCheck start(ApiClient api, Encoders encoders, ImageIntake intake) {
    AnswerCheck check = new AnswerCheck(api, encoders, intake);
    check.thread.start();
    return check;
  }

  /** Takes an answer to be checked, if there is room. */
  public void offer(ServedAnswer answer) {
    queue.offer(answer);
  }

  /** Answers checked. */
  public synchronized int checked() {
    return checked;
  }

  /** Answers with a score that the named encoder does not give. */
  public synchronized int mixed() {
    return mixed;
  }

  /** Checks what is queued, then ends. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(20_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing || !queue.isEmpty()) {
      try {
        ServedAnswer answer = queue.poll(200, java.util.concurrent.TimeUnit.MILLISECONDS);
        if (answer != null) {
          check(answer);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException | UndecodableImageException | EncoderException e) {
        LOG.debug("an answer could not be checked", e);
      }
    }
  }

  private void check(ServedAnswer answer)
      throws IOException, InterruptedException, UndecodableImageException {
    Encoder encoder = encoders.open(answer.encoderVersion());
    if (!(intake.canonicalize(answer.queryImage())
        instanceof ImageIntake.Outcome.Accepted accepted)) {
      return;
    }
    List<EncoderPixels> pixels = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    pixels.add(EncoderPixels.of(accepted.image(), encoder.inputSize()));
    for (ServedAnswer.Hit hit : answer.hits()) {
      Answer content = api.content(hit.id());
      // An image that was replaced or deleted since cannot be compared any more.
      if (content.status() == 200 && Digest.of(content.body()).hex().equals(hit.digest())) {
        pixels.add(
            EncoderPixels.of(
                CanonicalImage.of(format(content.body()), content.body()), encoder.inputSize()));
        scores.add(hit.score());
      }
    }
    if (scores.isEmpty()) {
      return;
    }
    List<Embedding> embeddings = encoder.embed(pixels);
    double worst = 0;
    for (int hit = 0; hit < scores.size(); hit++) {
      double cosine = dot(embeddings.getFirst().unit(), embeddings.get(hit + 1).unit());
      worst = Math.max(worst, Math.abs(cosine - scores.get(hit)));
    }
    synchronized (this) {
      checked++;
      if (worst > TOLERANCE) {
        mixed++;
        LOG.error(
            "an answer of encoder {} differs by {} from its recomputation",
            answer.encoderVersion(),
            worst);
      }
    }
  }

  private static double dot(float[] left, float[] right) {
    double sum = 0;
    for (int dimension = 0; dimension < left.length; dimension++) {
      sum += left[dimension] * right[dimension];
    }
    return sum;
  }

  private static ImageFormat format(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == (byte) 0x89 ? ImageFormat.PNG : ImageFormat.JPEG;
  }
}
