package infomax.search.release;

import infomax.events.Digest;
import infomax.events.control.ControlState;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.EvaluationRow;
import infomax.events.control.EncoderRelease.SnapshotSummary;
import infomax.events.control.EncoderRelease.TrainingSummary;
import infomax.events.control.EncoderRelease.Verdict;
import infomax.events.control.GenerationState;
import infomax.events.control.Int8Variant;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A release as it is shown: what {@code control} says of it, with what became of it.
 *
 * @param version 0 for the untrained network
 * @param digest SHA-256 of the float32 ONNX file
 * @param onnxBytes its length
 * @param inputSize side of the square input in pixels
 * @param dimensions length of the embedding
 * @param pixelPipeline version of the pixel pipeline
 * @param verdict what the gate said
 * @param reasons why
 * @param preset training preset
 * @param seed of weights and training
 * @param configuration effective training configuration
 * @param warmStartedFrom release training began with; null for fresh weights
 * @param training figures of the training; null for the untrained release
 * @param snapshot what it was trained on; null for the untrained release
 * @param evaluation one row per encoder compared
 * @param artifacts its files, by name
 * @param int8 its int8 file, or why it has none; null if none was made
 * @param createdAt when it was published
 * @param generations generations built with it
 * @param barred true if a rollback barred it from automatic promotion
 */
record ReleaseBody(
    int version,
    Digest digest,
    long onnxBytes,
    int inputSize,
    int dimensions,
    int pixelPipeline,
    Verdict verdict,
    List<String> reasons,
    String preset,
    long seed,
    SortedMap<String, String> configuration,
    @Nullable Integer warmStartedFrom,
    @Nullable TrainingSummary training,
    @Nullable SnapshotSummary snapshot,
    List<EvaluationRow> evaluation,
    List<ArtifactBody> artifacts,
    @Nullable Int8Variant int8,
    Instant createdAt,
    List<BuiltGeneration> generations,
    boolean barred) {

  static ReleaseBody of(EncoderRelease release, ControlState state, Artifacts artifacts) {
    return new ReleaseBody(
        release.version(),
        release.onnx(),
        release.onnxBytes(),
        release.inputSize(),
        release.dimensions(),
        release.pixelPipeline(),
        release.verdict(),
        release.reasons(),
        release.preset(),
        release.seed(),
        new TreeMap<>(release.configuration()),
        release.warmStartedFrom(),
        release.training(),
        release.snapshot(),
        release.evaluation(),
        release.objects().entrySet().stream()
            .map(
                artifact ->
                    new ArtifactBody(
                        artifact.getKey(),
                        artifact.getValue(),
                        artifacts.mediaType(release, artifact.getValue())))
            .toList(),
        release.int8(),
        release.createdAt(),
        state.generations().values().stream()
            .filter(generation -> generation.encoderVersion() == release.version())
            .map(generation -> new BuiltGeneration(generation.number(), generation.state()))
            .toList(),
        state.alias() != null && state.alias().barredEncoders().contains(release.version()));
  }

  /**
   * A file of a release.
   *
   * @param name its name
   * @param digest SHA-256 of its bytes
   * @param contentType told by its leading bytes, or by its being the encoder itself
   */
  record ArtifactBody(String name, Digest digest, String contentType) {}

  /**
   * A generation built with a release.
   *
   * @param number its number
   * @param state where it is in its life
   */
  record BuiltGeneration(int number, GenerationState state) {}
}
