package infomax.trainer.export;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.statistics.VectorSet;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Makes sure that an exported file computes what the trained network does: on held-out images the
 * unit vectors of the training engine, of ONNX Runtime as the services use it, and of tribuo-onnx
 * reading the file by itself may differ by at most {@value #DIFFERENCE_MAX} in any value.
 */
public final class ExportCheck {

  /** Largest difference between two values of unit vectors. */
  public static final double DIFFERENCE_MAX = 1e-4;

  /** Images that tribuo-onnx, which takes one at a time, is given. */
  private static final int TRIBUO_IMAGES = 16;

  private ExportCheck() {}

  /**
   * What a check found.
   *
   * @param images images compared
   * @param engineDifference largest difference between engine and ONNX Runtime
   * @param tribuoDifference largest difference between tribuo-onnx and ONNX Runtime
   */
  public record Parity(int images, double engineDifference, double tribuoDifference) {}

  /**
   * Checks a file.
   *
   * @param images the images compared, 3 x s x s bytes each
   * @param engine their embeddings as the training engine computes them, whitened if the file is
   * @param runtime their embeddings as the services compute them from the file
   * @throws IOException if the file cannot be read back, or any two differ too much
   */
  public static Parity verify(
      OnnxFile onnx, NetworkShape shape, List<byte[]> images, VectorSet engine, VectorSet runtime)
      throws IOException {
    List<byte[]> few = images.subList(0, Math.min(TRIBUO_IMAGES, images.size()));
    Parity parity =
        new Parity(
            images.size(),
            difference(engine, runtime),
            difference(TribuoReader.embed(onnx, shape, few), runtime.range(0, few.size())));
    // Written so that NaN fails.
    if (!(parity.engineDifference() <= DIFFERENCE_MAX
        && parity.tribuoDifference() <= DIFFERENCE_MAX)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "exported encoder differs by %.2g from the trained network and by %.2g from"
                  + " tribuo-onnx, expected at most %.0e: it is not published",
              parity.engineDifference(),
              parity.tribuoDifference(),
              DIFFERENCE_MAX));
    }
    return parity;
  }

  /** Largest difference between the unit vectors' values; NaN if one is. */
  static double difference(VectorSet left, VectorSet right) {
    VectorSet a = left.unit();
    VectorSet b = right.unit();
    double largest = 0;
    for (int row = 0; row < a.count(); row++) {
      for (int d = 0; d < a.dimensions(); d++) {
        double difference = Math.abs((double) a.value(row, d) - b.value(row, d));
        if (Double.isNaN(difference)) {
          return difference;
        }
        largest = Math.max(largest, difference);
      }
    }
    return largest;
  }
}
