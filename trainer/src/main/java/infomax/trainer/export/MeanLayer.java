package infomax.trainer.export;

import infomax.trainer.network.Weights;
import infomax.trainer.statistics.Whitening;
import java.util.Optional;

/**
 * The dense layer from the pooled features to the mean of p(z|x), with a whitening folded in: W (A
 * h + b - m) = (W A) h + W (b - m). Owns its arrays.
 */
final class MeanLayer {

  private final float[] weight;
  private final float[] bias;

  private MeanLayer(float[] weight, float[] bias) {
    this.weight = weight;
    this.bias = bias;
  }

  static MeanLayer of(Weights weights, Optional<Whitening> whitening) {
    int z = weights.shape().dimensions();
    float[] matrix = weights.tensor("mean.w");
    float[] shift = weights.tensor("mean.b");
    float[] weight = new float[z * z];
    float[] bias = new float[z];
    for (int out = 0; out < z; out++) {
      double[] row = new double[z];
      double constant = 0;
      if (whitening.isPresent()) {
        Whitening map = whitening.get();
        for (int k = 0; k <= out; k++) {
          double factor = map.weight(out, k);
          constant += factor * (shift[k] - map.mean(k));
          for (int in = 0; in < z; in++) {
            row[in] += factor * matrix[in * z + k];
          }
        }
      } else {
        constant = shift[out];
        for (int in = 0; in < z; in++) {
          row[in] = matrix[in * z + out];
        }
      }
      for (int in = 0; in < z; in++) {
        weight[out * z + in] = (float) row[in];
      }
      bias[out] = (float) constant;
    }
    return new MeanLayer(weight, bias);
  }

  /** A copy of the matrix, (out, in). */
  float[] weight() {
    return weight.clone();
  }

  /** A copy of the bias. */
  float[] bias() {
    return bias.clone();
  }
}
