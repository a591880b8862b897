package infomax.encoder;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import infomax.events.Digest;
import infomax.imaging.EncoderPixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An encoder release, ready to embed images. The graph has one input {@code pixels}, float32
 * (batch, 3, s, s), value / 255 - 0.5, and one output {@code embedding}, float32 (batch, z), with a
 * dynamic batch dimension.
 *
 * <p>Thread-safe: calls run side by side, each on the caller's thread and the session's own ones.
 * Native memory of a call is freed before it returns. {@link #close()} waits for running calls;
 * later ones are refused.
 */
public final class Encoder implements AutoCloseable {

  /** Images per run of the graph at most; more are split, which bounds native memory. */
  public static final int BATCH_MAX = DeviceBatches.BATCH_MAX;

  private static final int CHANNELS = 3;

  /** A graph that fails on one image so often, and on no other, fails because of the image. */
  private static final int FAILURES_MAX = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Encoder.class);

  private final DeviceBatches batches;
  private final Digest digest;
  private final int inputSize;
  private final int dimensions;
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  private boolean closed;

  private Encoder(DeviceBatches batches, Digest digest, int inputSize, int dimensions) {
    this.batches = batches;
    this.digest = digest;
    this.inputSize = inputSize;
    this.dimensions = dimensions;
  }

  /** Opens an encoder on the processor; see {@link #open(byte[], Digest, int, int, Execution)}. */
  public static Encoder open(
      byte[] onnx, Digest expected, int inputSize, int dimensions, int threads) {
    return open(onnx, expected, inputSize, dimensions, new Execution(EncoderDevice.CPU, threads));
  }

  /**
   * Where and how an encoder runs.
   *
   * @param device the device wanted
   * @param threads threads one call may use on the processor, from 1
   */
  public record Execution(EncoderDevice device, int threads) {}

  /**
   * Opens an encoder from the bytes of its ONNX file: what is checked is what runs. Where a CUDA
   * device is wanted and there is none, or it is out of memory even for one image, the encoder runs
   * on the processor, and a warning says so.
   *
   * @param onnx the ONNX file: in one piece, of at most 128 MiB, of the operators that the trainer
   *     writes, all of the default domain
   * @param expected SHA-256 it must have
   * @param inputSize s it must take
   * @param dimensions z it must give
   * @throws EncoderException if the digest, what the file holds, the shapes or the output on a
   *     trial image are not as expected, or ONNX Runtime refuses the graph
   */
  public static Encoder open(
      byte[] onnx, Digest expected, int inputSize, int dimensions, Execution execution) {
    Digest found = Digest.of(onnx);
    if (!found.equals(expected)) {
      throw new EncoderException("encoder file has the digest " + found + ", expected " + expected);
    }
    EncoderFile.verify(onnx, inputSize, dimensions);
    DeviceBatches.Opening onProcessor =
        () -> OrtGraph.onProcessor(onnx, inputSize, dimensions, execution.threads());
    try {
      Optional<Graph> onCuda =
          execution.device() == EncoderDevice.CPU
              ? Optional.empty()
              : cuda(onnx, inputSize, dimensions, execution);
      DeviceBatches batches =
          onCuda.isPresent()
              ? new DeviceBatches(onCuda.get(), onProcessor)
              : new DeviceBatches(onProcessor.open(), onProcessor);
      Encoder encoder = new Encoder(batches, expected, inputSize, dimensions);
      try {
        encoder.verifyTrial();
        return encoder;
      } catch (RuntimeException e) {
        encoder.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new EncoderException("encoder " + expected + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static Optional<Graph> cuda(
      byte[] onnx, int inputSize, int dimensions, Execution execution) {
    boolean asked = execution.device() == EncoderDevice.CUDA;
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      if (asked) {
        LOG.warn(
            "encoder.device is cuda, but this ONNX Runtime is made for the processor alone: build"
                + " with -Pgpu; running on the processor");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(OrtGraph.onCuda(onnx, inputSize, dimensions, execution.threads()));
    } catch (OrtException e) {
      if (asked) {
        LOG.warn("no CUDA device can be used, running on the processor: {}", e.getMessage());
      } else {
        LOG.info("no CUDA device can be used, running on the processor: {}", e.getMessage());
      }
      return Optional.empty();
    }
  }

  /** Where it runs now: {@code cpu} or {@code cuda}. */
  public String device() {
    return batches.device();
  }

  /** SHA-256 of the ONNX file. */
  public Digest digest() {
    return digest;
  }

  /** Side of the square input in pixels. */
  public int inputSize() {
    return inputSize;
  }

  /** Length of the embeddings. */
  public int dimensions() {
    return dimensions;
  }

  /** Embeds one image. */
  public Embedding embed(EncoderPixels pixels) {
    return embed(List.of(pixels)).getFirst();
  }

  /**
   * Embeds images; the embeddings are in the order of the images. One that is not finite says so
   * itself and does not disturb the others.
   *
   * @throws EncoderException if ONNX Runtime fails or the encoder is closed
   * @throws IllegalArgumentException if an image does not have the input size
   */
  public List<Embedding> embed(List<EncoderPixels> images) {
    open.readLock().lock();
    try {
      if (closed) {
        throw new EncoderException("encoder " + digest + " is closed");
      }
      return batches.run(images);
    } catch (OrtException e) {
      throw new EncoderException("encoder " + digest + " failed: " + e.getMessage(), e);
    } finally {
      open.readLock().unlock();
    }
  }

  /**
   * As {@link #embed(List)}, but an image that the graph fails on does not disturb the others: the
   * images are halved until those are found. Such an image is tried several times, each time after
   * another one of the same size; if that fails too, it is not the image.
   *
   * @throws EncoderException if ONNX Runtime fails on anything, or the encoder is closed
   * @throws IllegalArgumentException if an image does not have the input size
   */
  public List<Outcome> embedEach(List<EncoderPixels> images) {
    try {
      return embed(images).stream().<Outcome>map(Outcome.Embedded::new).toList();
    } catch (EncoderException e) {
      if (images.size() <= 1) {
        return images.stream().map(image -> embedAgain(image, e)).toList();
      }
      int middle = images.size() / 2;
      List<Outcome> outcomes = new ArrayList<>(embedEach(images.subList(0, middle)));
      outcomes.addAll(embedEach(images.subList(middle, images.size())));
      return outcomes;
    }
  }

  /** What came of an image. */
  public sealed interface Outcome {

    /** It has an embedding, which may be one without a direction. */
    record Embedded(Embedding embedding) implements Outcome {}

    /** The graph fails on it and on no other. */
    record Failed(String problem) implements Outcome {}
  }

  private Outcome embedAgain(EncoderPixels image, EncoderException failure) {
    EncoderException last = failure;
    for (int failures = 1; failures < FAILURES_MAX; failures++) {
      Embedding _ = embed(grey());
      try {
        return new Outcome.Embedded(embed(image));
      } catch (EncoderException e) {
        last = e;
      }
    }
    return new Outcome.Failed(String.valueOf(last.getMessage()));
  }

  /** Waits for running calls, then frees the session. */
  @Override
  public void close() {
    open.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        batches.close();
      }
    } catch (OrtException e) {
      throw new EncoderException("encoder " + digest + " cannot be closed: " + e.getMessage(), e);
    } finally {
      open.writeLock().unlock();
    }
  }

  /** A mid-grey image must give finite numbers; two of it must give them twice. */
  private void verifyTrial() {
    EncoderPixels image = grey();
    for (Embedding embedding : embed(List.of(image, image))) {
      if (!Double.isFinite(embedding.norm())) {
        throw new EncoderException(
            "encoder gives numbers that are not finite for a grey image: " + embedding);
      }
    }
  }

  private EncoderPixels grey() {
    byte[] grey = new byte[CHANNELS * inputSize * inputSize];
    Arrays.fill(grey, (byte) 128);
    return EncoderPixels.ofBytes(inputSize, grey);
  }
}
