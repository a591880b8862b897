package infomax.trainer.training;

import infomax.events.Json;
import infomax.trainer.evaluation.Neighbours.Metric;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.release.GoldenImages;
import infomax.trainer.release.LossChart;
import infomax.trainer.release.NeighbourSheet;
import infomax.trainer.release.ReleasePublisher;
import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.statistics.Moments;
import infomax.trainer.statistics.VectorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The objects that are stored beside a release's ONNX file. */
final class Artifacts {

  /** Golden images of a trained release. */
  static final int GOLDEN_IMAGES = 32;

  private static final int SHEET_IMAGES_MAX = 800;
  private static final long SHEET_SEED = 1;

  private Artifacts() {}

  /**
   * How z is spread before any whitening, where the prior pulls it to 0 and 1.
   *
   * @param images held-out images it is taken over
   * @param mean of each dimension
   * @param standardDeviation of each dimension
   */
  @SuppressWarnings("ArrayRecordComponent") // JSON, never compared
  record ZMoments(int images, double[] mean, double[] standardDeviation) {
    static ZMoments of(VectorSet embeddings) {
      Moments moments = Moments.of(embeddings);
      return new ZMoments(embeddings.count(), moments.mean(), moments.standardDeviation());
    }
  }

  /**
   * Golden images, neighbour sheets, moments of z, a sample of embeddings, loss curves and their
   * picture, by artifact name.
   */
  static Map<String, byte[]> of(
      TrainingSnapshot snapshot,
      NetworkShape shape,
      CandidateFile file,
      TrainedNetwork trained,
      int threads) {
    List<byte[]> images = new ArrayList<>();
    for (int image = 0; image < Math.min(SHEET_IMAGES_MAX, snapshot.images()); image++) {
      images.add(snapshot.pixels(image));
    }
    VectorSet embeddings;
    try (EncoderEmbedder embedder = EncoderEmbedder.open(file.onnx(), shape, threads)) {
      embeddings = embedder.embed(images);
    }
    int side = shape.inputSize();
    int golden = Math.min(GOLDEN_IMAGES, images.size());
    return Map.of(
        ReleasePublisher.GOLDEN,
        Json.write(GoldenImages.of(side, images.subList(0, golden), embeddings.range(0, golden))),
        ReleasePublisher.SHEET_COSINE,
        NeighbourSheet.png(images, side, embeddings, Metric.COSINE, SHEET_SEED),
        ReleasePublisher.SHEET_EUCLIDEAN,
        NeighbourSheet.png(images, side, embeddings, Metric.EUCLIDEAN, SHEET_SEED),
        ReleasePublisher.MOMENTS,
        Json.write(ZMoments.of(trained.parity())),
        ReleasePublisher.SAMPLE,
        SnapshotSample.bytes(embeddings),
        ReleasePublisher.LOSSES,
        Json.write(trained.losses()),
        ReleasePublisher.LOSS_CHART,
        LossChart.png(trained.losses()));
  }
}
