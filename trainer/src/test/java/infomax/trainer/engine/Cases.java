package infomax.trainer.engine;

import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Pooling;
import infomax.trainer.network.Weights;
import infomax.trainer.objective.Adam;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.LearningRate;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.Views;
import java.util.Random;

/** Small networks of the real architecture, with weights and images drawn from a seed. */
final class Cases {

  private Cases() {}

  static final Views ONE_VIEW = new Views.Plain();
  static final Views TWO_VIEWS = new Views.TwoAugmented(Augmentation.STRONG, 0);

  static Preset hellinger(int miniBatch, Views views, int width) {
    return preset(
        "hellinger", new Estimator.SquaredHellinger(new Critics.Mlp(width)), miniBatch, views);
  }

  static Preset donskerVaradhan(int miniBatch, Views views, int width) {
    return preset("dv", new Estimator.DonskerVaradhan(new Critics.Mlp(width)), miniBatch, views);
  }

  static Preset jensenShannon(int miniBatch, Views views, int width) {
    return preset("js", new Estimator.JensenShannon(new Critics.Mlp(width)), miniBatch, views);
  }

  static Preset infoNce(int miniBatch, Views views, int width) {
    return preset(
        "nce",
        new Estimator.InfoNce(new Critics.Projection(width, width / 2), 0.2),
        miniBatch,
        views);
  }

  static Preset reconstruction(int miniBatch, int width) {
    return new Preset(
        "autoencoder",
        new Objective(1.5, 0, 0.3, new Estimator.Reconstruction(new Critics.Decoder(width))),
        Adam.of(new LearningRate.Constant(1e-3)),
        miniBatch,
        0.9,
        ONE_VIEW,
        Pooling.MAX,
        false,
        1);
  }

  /** The preset, which must score single pairs, with projections and their dot product. */
  static Preset byDotProduct(Preset preset, int width) {
    Estimator.OfPairs estimator = (Estimator.OfPairs) preset.objective().estimator();
    return preset.withObjective(
        preset
            .objective()
            .withEstimator(estimator.withCritics(new Critics.Projection(width, width / 2))));
  }

  /** The preset with an encoder that pools by attention. */
  static Preset attentive(Preset preset) {
    return preset.withPooling(Pooling.ATTENTION);
  }

  /** The preset without its global or its local term. */
  static Preset without(Preset preset, boolean global) {
    Objective all = preset.objective();
    return preset.withObjective(global ? all.withAlpha(0) : all.withBeta(0));
  }

  /** The preset with every further term, and the global one on the whole feature map. */
  static Preset withFurtherTerms(Preset preset) {
    return preset.withObjective(
        preset
            .objective()
            .withWithin(0.7)
            .withEarlier(0.4)
            .withGlobal(CriticSides.Global.FEATURE_MAP));
  }

  /** What one step of a preset draws. */
  static StepRandomness randomness(Preset preset, NetworkShape shape, long seed) {
    return StepRandomness.draw(seed, 0, preset.miniBatch(), preset.views().count(), shape);
  }

  /** A prior heavy enough to be seen in the gradient. */
  private static Preset preset(String name, Estimator estimator, int miniBatch, Views views) {
    return new Preset(
        name,
        new Objective(0.5, 1.5, 0.3, estimator),
        Adam.of(new LearningRate.Constant(1e-3)),
        miniBatch,
        0.9,
        views,
        Pooling.MAX,
        false,
        1);
  }

  /** Initial weights with every scale and bias moved off its special value. */
  static Weights weights(NetworkShape shape, Preset preset, long seed) {
    Weights initial = Weights.initial(preset.layout(shape), seed);
    ParameterLayout layout = initial.layout();
    float[] parameters = initial.parameters();
    Random random = new Random(seed);
    for (ParameterTensor tensor : layout.tensors()) {
      if (tensor.kind() != ParameterTensor.Kind.WEIGHT) {
        for (int i = tensor.offset(); i < tensor.end(); i++) {
          parameters[i] += (float) (0.2 * random.nextGaussian());
        }
      }
    }
    return Weights.of(layout, parameters, initial.statistics());
  }

  static byte[] pixels(NetworkShape shape, int images, long seed) {
    byte[] pixels = new byte[images * shape.imageBytes()];
    new Random(seed).nextBytes(pixels);
    return pixels;
  }

  static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  static double rootMeanSquare(float[] computed, float[] expected) {
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) computed[i] - expected[i], 2);
    }
    return Math.sqrt(difference / expected.length);
  }
}
