package infomax.trainer.training;

import infomax.events.Digest;
import infomax.events.Json;
import infomax.events.control.EncoderRelease;
import infomax.store.ObjectStore;
import infomax.trainer.export.OnnxFile;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.statistics.VectorSet;
import java.util.List;
import java.util.Optional;

/**
 * Embeddings of a sample of the snapshot a release was trained on, as they are stored beside it.
 * Thread-safe.
 */
public final class SnapshotSample {

  private final ObjectStore store;

  /** Samples of the releases whose objects are in {@code store}. */
  public SnapshotSample(ObjectStore store) {
    this.store = store;
  }

  /** How they are stored. */
  @SuppressWarnings("ArrayRecordComponent") // JSON, never compared
  record Stored(int dimensions, float[] values) {}

  /** What to store of them. */
  public static byte[] bytes(VectorSet embeddings) {
    return Json.write(new Stored(embeddings.dimensions(), embeddings.values()));
  }

  /** The embeddings stored beside a release; empty where there are none, as with release 0. */
  public Optional<VectorSet> embeddings(EncoderRelease release) {
    Digest digest = release.artifacts().get(ReleasePublisher.SAMPLE);
    if (digest == null) {
      return Optional.empty();
    }
    Stored stored = Json.read(store.read(digest), Stored.class);
    return Optional.of(
        VectorSet.of(
            stored.values(), stored.values().length / stored.dimensions(), stored.dimensions()));
  }

  /** Embeds other images with a release's encoder, on the calling thread. */
  public VectorSet embed(EncoderRelease release, List<byte[]> images) {
    OnnxFile onnx = OnnxFile.of(store.read(release.onnx()));
    NetworkShape shape = new NetworkShape(release.inputSize(), release.dimensions());
    try (EncoderEmbedder embedder = EncoderEmbedder.open(onnx, shape, 1)) {
      return embedder.embed(images);
    }
  }
}
