package infomax.trainer.engine;

import infomax.trainer.network.CriticSides;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of one step: its terms, and their weighted sum. Tensors belong to the caller's scope.
 *
 * @param preset whose objective it is
 * @param parameters all of them, by name
 * @param products that posterior and critics are made of
 * @param arrays where the tensors are
 */
record TorchObjective(
    Preset preset, Map<String, Tensor> parameters, TorchProducts products, TorchArrays arrays) {

  /**
   * The terms of the objective, unweighted scalars; 0 where a term's weight is.
   *
   * @param prior KL divergence to the standard normal per dimension
   */
  record Terms(Tensor global, Tensor local, Tensor prior, Tensor within, Tensor earlier) {

    /** What is minimised. */
    Tensor total(Objective objective) {
      return global
          .mul(new Scalar(objective.alpha()))
          .add(local, new Scalar(objective.beta()))
          .add(prior, new Scalar(objective.gamma()))
          .add(within, new Scalar(objective.within()))
          .add(earlier, new Scalar(objective.earlier()));
    }

    /** The values, with their sum in double precision. */
    StepLosses losses(Objective objective) {
      double globalLoss = global.item_double();
      double localLoss = local.item_double();
      double priorLoss = prior.item_double();
      double withinLoss = within.item_double();
      double earlierLoss = earlier.item_double();
      double total =
          objective.alpha() * globalLoss
              + objective.beta() * localLoss
              + objective.gamma() * priorLoss
              + objective.within() * withinLoss
              + objective.earlier() * earlierLoss;
      return new StepLosses(total, globalLoss, localLoss, priorLoss, withinLoss, earlierLoss);
    }
  }

  /**
   * The terms of a mini-batch.
   *
   * @param images (picture, colour, y, x), what a decoder paints
   */
  Terms terms(TorchEncoder.Features features, Tensor images, StepRandomness randomness) {
    Objective objective = preset.objective();
    Tensor mean = mean(features.pooled());
    Tensor logVariance = dense("logvar", features.pooled());
    Tensor noise = arrays.floats(randomness.noise(), preset.pictures(), mean.size(1));
    Tensor z = mean.add(logVariance.mul(new Scalar(0.5)).exp().mul(noise));
    Tensor featureMap = features.featureMap();
    Tensor globalSide =
        objective.global() == CriticSides.Global.Z ? z : featureMap.reshape(preset.pictures(), -1);
    return new Terms(
        objective.alpha() == 0
            ? zero()
            : term("global").loss(z, globalSide, images, pairs(randomness.globalPartners())),
        objective.beta() == 0
            ? zero()
            : term("local").loss(z, featureMap, images, pairs(randomness.localPartners())),
        prior(mean, logVariance),
        objective.within() == 0
            ? zero()
            : term("within")
                .loss(featureMap, featureMap, images, locationPairs(featureMap, randomness)),
        objective.earlier() == 0
            ? zero()
            : term("earlier")
                .loss(z, features.earlierMap(), images, pairs(randomness.earlierPartners())));
  }

  /** The mean of p(z|x), (picture, dimension), of the pooled features. */
  Tensor mean(Tensor pooled) {
    return dense("mean", pooled);
  }

  private static Tensor prior(Tensor mean, Tensor logVariance) {
    return logVariance
        .add(new Scalar(1.0))
        .sub(mean.square())
        .sub(logVariance.exp())
        .mean()
        .mul(new Scalar(-0.5));
  }

  private Tensor zero() {
    return torch.zeros(new long[0], arrays.device().floats());
  }

  private TorchTerm term(String name) {
    return new TorchTerm(name, this);
  }

  private Pairing pairs(int[] partners) {
    return Pairing.ofPictures(preset.miniBatch(), partners);
  }

  private Pairing locationPairs(Tensor featureMap, StepRandomness randomness) {
    int locations = (int) featureMap.size(0) / preset.pictures();
    return Pairing.ofLocations(
        pairs(randomness.withinPartners()), locations, randomness.withinShifts());
  }

  /** A dense layer by the name of its parameters. */
  Tensor dense(String layer, Tensor in) {
    return products.multiply(in, parameter(layer + ".w")).add_(parameter(layer + ".b"));
  }

  /** The parameters of that name. */
  Tensor parameter(String name) {
    return TorchEncoder.named(parameters, name);
  }
}
