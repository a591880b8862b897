package infomax.events.control;

import infomax.events.Digest;
import infomax.events.Positions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable encoder release: where its ONNX file is, how it came to be, and what the evaluation
 * said. Written by the trainer only, rejected candidates too.
 *
 * @param version 0 for the untrained network, then counting up
 * @param onnx SHA-256 of the ONNX file, which is its name in the object store
 * @param onnxBytes length of that file
 * @param inputSize side of the square input in pixels, 32 or 64
 * @param dimensions length of the embedding
 * @param pixelPipeline version of the pixel pipeline the encoder was trained on
 * @param verdict what the gate said
 * @param reasons why, one sentence each, for people
 * @param preset name of the training preset
 * @param seed seed of weights and training
 * @param configuration effective training configuration, by key
 * @param warmStartedFrom version whose weights training began with; null if from scratch
 * @param training figures of the training; null for the untrained release
 * @param snapshot what it was trained on; null for the untrained release
 * @param evaluation one row per encoder compared on the held-out images
 * @param artifacts further objects of this release (golden images, sheets, curves, checkpoint) by
 *     name
 * @param createdAt when it was published
 * @param int8 its int8 file, or why it has none; null if none was made
 */
public record EncoderRelease(
    int version,
    Digest onnx,
    long onnxBytes,
    int inputSize,
    int dimensions,
    int pixelPipeline,
    Verdict verdict,
    List<String> reasons,
    String preset,
    long seed,
    Map<String, String> configuration,
    @Nullable Integer warmStartedFrom,
    @Nullable TrainingSummary training,
    @Nullable SnapshotSummary snapshot,
    List<EvaluationRow> evaluation,
    Map<String, Digest> artifacts,
    Instant createdAt,
    @Nullable Int8Variant int8)
    implements ControlEvent {

  /** Prefix of the keys of releases. */
  public static final String KEY_PREFIX = "encoder/";

  /** Name of the golden images among the artifacts. */
  public static final String GOLDEN = "golden";

  /** Name among the artifacts of what is signed of a release, as text. */
  public static final String STATEMENT = "statement";

  /** Name of the signature of that text among the artifacts. */
  public static final String SIGNATURE = "signature";

  private static final String ONNX = "onnx";
  private static final String OF_INT8 = "-int8";

  /** Checks the ranges and copies the collections. */
  public EncoderRelease {
    if (version < 0 || onnxBytes <= 0 || inputSize <= 0 || dimensions <= 0) {
      throw new IllegalArgumentException(
          "encoder release "
              + version
              + " of "
              + onnxBytes
              + " bytes, input "
              + inputSize
              + ", dimensions "
              + dimensions
              + ": expected version >= 0 and the rest > 0");
    }
    reasons = List.copyOf(reasons);
    configuration = Map.copyOf(configuration);
    evaluation = List.copyOf(evaluation);
    artifacts = Map.copyOf(artifacts);
  }

  /** A release for which no int8 file was made. */
  public EncoderRelease(
      int version,
      Digest onnx,
      long onnxBytes,
      int inputSize,
      int dimensions,
      int pixelPipeline,
      Verdict verdict,
      List<String> reasons,
      String preset,
      long seed,
      Map<String, String> configuration,
      @Nullable Integer warmStartedFrom,
      @Nullable TrainingSummary training,
      @Nullable SnapshotSummary snapshot,
      List<EvaluationRow> evaluation,
      Map<String, Digest> artifacts,
      Instant createdAt) {
    this(
        version,
        onnx,
        onnxBytes,
        inputSize,
        dimensions,
        pixelPipeline,
        verdict,
        reasons,
        preset,
        seed,
        configuration,
        warmStartedFrom,
        training,
        snapshot,
        evaluation,
        artifacts,
        createdAt,
        null);
  }

  /** This release with further artifacts. */
  public EncoderRelease withArtifacts(Map<String, Digest> further) {
    TreeMap<String, Digest> all = new TreeMap<>(artifacts);
    all.putAll(further);
    return new EncoderRelease(
        version,
        onnx,
        onnxBytes,
        inputSize,
        dimensions,
        pixelPipeline,
        verdict,
        reasons,
        preset,
        seed,
        configuration,
        warmStartedFrom,
        training,
        snapshot,
        evaluation,
        all,
        createdAt,
        int8);
  }

  @Override
  public String key() {
    return KEY_PREFIX + version;
  }

  /** The file for a precision: the float32 one where the wanted one is not offered. */
  public Digest file(ServedPrecision wanted) {
    Digest offered = int8 == null ? null : int8.onnx();
    return wanted == ServedPrecision.INT8 && offered != null ? offered : onnx;
  }

  /** The precision of one of its files; empty if it is none of them. */
  public Optional<ServedPrecision> precisionOf(Digest file) {
    return Arrays.stream(ServedPrecision.values())
        .filter(precision -> file(precision).equals(file))
        .findFirst();
  }

  /** The golden images with the vectors of one of its files; empty where there are none. */
  public Optional<Digest> goldenOf(Digest file) {
    return Optional.ofNullable(
        int8 != null && file.equals(int8.onnx()) ? int8.golden() : artifacts.get(GOLDEN));
  }

  /** Every object of this release in the store, by name. */
  public SortedMap<String, Digest> objects() {
    SortedMap<String, Digest> objects = new TreeMap<>(artifacts);
    objects.put(ONNX, onnx);
    if (int8 != null && int8.onnx() != null && int8.golden() != null) {
      objects.put(ONNX + OF_INT8, int8.onnx());
      objects.put(GOLDEN + OF_INT8, int8.golden());
    }
    return objects;
  }

  /** What the gate says of a candidate. */
  public enum Verdict {
    /** Release 0: the untrained network, served until something beats it. */
    UNTRAINED,
    /** Beat random weights and is not worse than the live encoder. */
    ACCEPTED,
    /** Published with its reasons, visible, never served. */
    REJECTED
  }

  /**
   * Figures of a training.
   *
   * @param imagesSeen images passed through the network, with repetition
   * @param steps optimiser steps
   * @param seconds wall time of the training steps
   * @param imagesPerSecond imagesSeen over seconds
   * @param lossFirst mean total loss over the first tenth of the steps
   * @param lossLast mean total loss over the last tenth of the steps
   */
  public record TrainingSummary(
      long imagesSeen,
      long steps,
      double seconds,
      double imagesPerSecond,
      double lossFirst,
      double lossLast) {}

  /**
   * The training snapshot.
   *
   * @param digest SHA-256 of the pixel file
   * @param images images in it, held-out ones included
   * @param heldOut held-out images
   * @param positions the end of {@code images} it was read to
   */
  public record SnapshotSummary(Digest digest, long images, long heldOut, Positions positions) {}

  /**
   * Figures of one encoder on the held-out images.
   *
   * @param name {@code pixels}, {@code random-weights}, {@code live}, {@code encoder} and the
   *     version of one that was to go live, or {@code candidate}
   * @param figures figure to value, such as {@code precisionAt10Cosine}; a figure that cannot be
   *     computed is absent
   */
  public record EvaluationRow(String name, Map<String, Double> figures) {
    /** Copies the figures. */
    public EvaluationRow {
      figures = Map.copyOf(figures);
    }
  }
}
