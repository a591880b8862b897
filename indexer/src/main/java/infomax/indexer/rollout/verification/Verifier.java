package infomax.indexer.rollout.verification;

import infomax.encoder.Encoder;
import infomax.encoder.EncoderException;
import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.FailureCause;
import infomax.events.control.IndexGeneration.Verification;
import infomax.imaging.EncoderPixels;
import infomax.index.Deadline;
import infomax.index.IndexCorruptException;
import infomax.index.IndexException;
import infomax.index.PublishedIndex;
import infomax.index.PublishedIndex.Integrity;
import infomax.index.PublishedShards;
import infomax.index.Recall;
import infomax.indexer.rollout.decision.VerificationStatus.Finished;
import infomax.runtime.kafka.KafkaClients;
import infomax.store.ObjectStore;
import infomax.store.ObjectStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies a candidate at its target: the encoder and its golden images, the files, the contents,
 * the recall, in the order of what they cost. Takes seconds to hours, so it runs on a thread of its
 * own; an interrupt ends it. One verification at a time.
 */
public final class Verifier {

  private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

  private final ObjectStore store;
  private final KafkaClients clients;
  private final Path folder;
  private final VerificationLimits limits;
  private final Predicate<Digest> fatal;

  /**
   * A verifier.
   *
   * @param folder where publications are opened; used by nobody else, emptied after use
   * @param fatal images that no indexer embeds, since that would end the process
   */
  public Verifier(
      ObjectStore store,
      KafkaClients clients,
      Path folder,
      VerificationLimits limits,
      Predicate<Digest> fatal) {
    this.fatal = fatal;
    this.store = store;
    this.clients = clients;
    this.folder = folder;
    this.limits = limits;
  }

  /**
   * Verifies a candidate.
   *
   * @throws VerificationUnavailableException if it cannot be carried out, such as while the broker
   *     or the disk does not answer; never the candidate's fault
   */
  public Finished verify(VerificationOrder order) throws VerificationUnavailableException {
    long startNanos = System.nanoTime();
    try {
      Finished finished = verifyOpened(order);
      LOG.info(
          "generation={} passed={} cause={} took={} ms: {}",
          order.generation().number(),
          finished.outcome().passed(),
          finished.cause(),
          (System.nanoTime() - startNanos) / 1_000_000,
          finished.outcome().detail());
      return finished;
    } catch (ObjectStoreException
        | IndexException
        | AlreadyClosedException
        | KafkaException
        | IOException e) {
      throw new VerificationUnavailableException(String.valueOf(e.getMessage()), e);
    } finally {
      clear();
    }
  }

  private Finished verifyOpened(VerificationOrder order)
      throws VerificationUnavailableException, IOException {
    EncoderRelease release = order.release();
    Digest file = order.generation().encoder();
    if (release.pixelPipeline() != EncoderPixels.PIPELINE_VERSION
        || release.precisionOf(file).isEmpty()) {
      return failed(
          order,
          Figures.NONE,
          FailureCause.ENCODER_UNUSABLE,
          "encoder "
              + release.version()
              + " with the files "
              + release.objects()
              + " of pixel pipeline "
              + release.pixelPipeline()
              + ", expected "
              + file
              + " of pixel pipeline "
              + EncoderPixels.PIPELINE_VERSION);
    }
    byte[] onnx = store.read(file);
    try (Encoder encoder = Encoder.open(onnx, file, release.inputSize(), release.dimensions(), 1)) {
      return verifyWith(order, encoder);
    } catch (EncoderException e) {
      return failed(
          order, Figures.NONE, FailureCause.ENCODER_UNUSABLE, String.valueOf(e.getMessage()));
    }
  }

  private Finished verifyWith(VerificationOrder order, Encoder encoder)
      throws VerificationUnavailableException, IOException {
    Figures figures = Figures.NONE;
    Optional<Digest> golden = order.release().goldenOf(encoder.digest());
    if (golden.isEmpty()) {
      return failed(
          order,
          figures,
          FailureCause.GOLDEN_IMAGES_DIFFER,
          "encoder " + order.release().version() + " comes without golden images");
    }
    try {
      figures =
          figures.withGolden(GoldenImages.parse(store.read(golden.get())).lowestCosine(encoder));
    } catch (IllegalArgumentException e) {
      return failed(
          order, figures, FailureCause.GOLDEN_IMAGES_DIFFER, String.valueOf(e.getMessage()));
    }
    if (!(figures.goldenCosineMin() >= limits.goldenCosineFloor())) {
      return failed(
          order,
          figures,
          FailureCause.GOLDEN_IMAGES_DIFFER,
          text("a golden image has cosine %.6f", figures.goldenCosineMin())
              + ", expected >= "
              + limits.goldenCosineFloor());
    }
    try (PublishedIndex candidate = open(order.publication(), "candidate")) {
      return verifyIndex(order, encoder, candidate, figures);
    } catch (IndexCorruptException e) {
      return failed(order, figures, FailureCause.INDEX_CORRUPT, String.valueOf(e.getMessage()));
    }
  }

  private Finished verifyIndex(
      VerificationOrder order, Encoder encoder, PublishedIndex candidate, Figures before)
      throws VerificationUnavailableException {
    Figures figures = before.withImages(candidate.images());
    Integrity integrity = candidate.checkIntegrity();
    if (!integrity.clean()) {
      return failed(order, figures, FailureCause.INDEX_CORRUPT, firstError(integrity.detail()));
    }
    Finding contents = compare(order, encoder, candidate);
    FailureCause cause = contents.cause();
    if (cause != null) {
      return failed(order, figures, cause, contents.detail());
    }
    // Seeded by what is verified: the same publication gives the same figure everywhere.
    long seed = 31L * order.generation().number() + order.publication().sequence();
    // An index of one image finds all there is.
    figures =
        figures.withRecall(
            Recall.measure(candidate, limits.recallQueries(), seed, Deadline.NONE).orElse(1));
    if (!(figures.recallAt10() >= limits.recallFloor())) {
      return failed(
          order,
          figures,
          FailureCause.RECALL_TOO_LOW,
          text("recall@10 is %.4f", figures.recallAt10())
              + ", expected >= "
              + limits.recallFloor());
    }
    String detail =
        contents.detail()
            + text("; recall@10 %.4f", figures.recallAt10())
            + text("; golden images cosine >= %.6f", figures.goldenCosineMin());
    return new Finished(
        order.generation().number(), order.target(), figures.verification(true, detail), null);
  }

  private Finding compare(VerificationOrder order, Encoder encoder, PublishedIndex candidate)
      throws VerificationUnavailableException {
    ContentsComparison comparison =
        new ContentsComparison(candidate, order.generation().partitions(), encoder, fatal);
    try (LogScan log = LogScan.open(clients, order.target());
        PublishedIndex live = openLive(order)) {
      return live == null ? comparison.withLog(log) : comparison.withLive(live, log);
    }
  }

  /** A damaged live publication is no fault of the candidate: the log takes its place. */
  private @Nullable PublishedIndex openLive(VerificationOrder order) {
    PublishedShards live = order.live();
    try {
      return live == null ? null : open(live, "live");
    } catch (IndexException e) {
      LOG.warn(
          "generation={} is compared with the log, since its counterpart cannot be opened: {}",
          order.generation().number(),
          e.getMessage());
      return null;
    }
  }

  private PublishedIndex open(PublishedShards published, String name) {
    return PublishedIndex.open(store, published, folder.resolve(name), null);
  }

  private static Finished failed(
      VerificationOrder order, Figures figures, FailureCause cause, String detail) {
    return new Finished(
        order.generation().number(), order.target(), figures.verification(false, detail), cause);
  }

  private static String firstError(String report) {
    return report
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).contains("error") || line.contains("FAILED"))
        .findFirst()
        .map(String::strip)
        .orElse("the check of the index found a fault");
  }

  private static String text(String format, double figure) {
    return String.format(Locale.ROOT, format, figure);
  }

  private void clear() {
    List<Path> found = new ArrayList<>();
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(found::add);
      for (Path path : found) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.warn("could not empty {}: {}", folder, e.toString());
    }
  }

  /** What has been measured so far; a figure that was not is 0. */
  private record Figures(long images, double recallAt10, double goldenCosineMin) {

    static final Figures NONE = new Figures(0, 0, 0);

    Figures withImages(long count) {
      return new Figures(count, recallAt10, goldenCosineMin);
    }

    Figures withRecall(double recall) {
      return new Figures(images, recall, goldenCosineMin);
    }

    Figures withGolden(double cosine) {
      return new Figures(images, recallAt10, cosine);
    }

    Verification verification(boolean passed, String detail) {
      return new Verification(passed, images, recallAt10, goldenCosineMin, detail);
    }
  }
}
