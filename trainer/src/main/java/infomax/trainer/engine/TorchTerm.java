package infomax.trainer.engine;

import infomax.trainer.objective.Estimator;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A mutual information term of the objective: z against z (global) or against the feature map
 * (local). Tensors belong to the caller's scope.
 *
 * @param name {@code global} or {@code local}, the prefix of its parameters
 * @param parameters all of them, by name
 * @param views of each image: the left side of one meets the right side of the next
 * @param products that the critics are made of
 */
record TorchTerm(String name, Map<String, Tensor> parameters, int views, TorchProducts products) {

  private static final double NOT_A_CANDIDATE = Double.NEGATIVE_INFINITY;

  /**
   * The loss of an estimator that scores pairs.
   *
   * @param left z, (picture, dimension)
   * @param right (picture x location, dimension)
   * @param counterparts each picture's positive
   * @param partners each picture's negative
   */
  Tensor pairs(
      Estimator.OfPairs estimator,
      Tensor left,
      Tensor right,
      Tensor counterparts,
      Tensor partners) {
    long pictures = left.size(0);
    long locations = right.size(0) / pictures;
    Tensor first = parameter("d1.w");
    long dimensions = left.size(1);
    long width = first.size(1);
    // Linear in the concatenation of both sides: once per row, not once per pair.
    Tensor ofLeft =
        products
            .multiply(left, first.narrow(0, 0, dimensions))
            .add_(parameter("d1.b"))
            .view(pictures, 1, width);
    Tensor ofRight =
        products
            .multiply(right, first.narrow(0, dimensions, right.size(1)))
            .view(pictures, locations, width);
    Tensor hidden =
        torch.relu_(
            torch
                .cat(
                    new TensorVector(
                        ofLeft.add(ofRight.index_select(0, counterparts)),
                        ofLeft.add(ofRight.index_select(0, partners))),
                    0)
                .view(-1, width));
    Tensor scores =
        dense("d4", torch.relu_(dense("d3", torch.relu_(dense("d2", hidden))))).view(2, -1);
    Tensor positives = scores.select(0, 0);
    Tensor negatives = scores.select(0, 1);
    return switch (estimator) {
      case Estimator.JensenShannon _ ->
          torch.softplus(positives.neg()).mean().add(torch.softplus(negatives).mean());
      case Estimator.SquaredHellinger _ -> positives.neg().exp().mean().add(negatives.exp().mean());
      case Estimator.DonskerVaradhan _ ->
          negatives
              .logsumexp(0)
              .sub(new Scalar(Math.log((double) negatives.numel())))
              .sub(positives.mean());
    };
  }

  /** The InfoNCE loss, the mean over the views; sides as for pairs. */
  Tensor contrast(Estimator.InfoNce estimator, Tensor left, Tensor right) {
    Tensor lefts = projected("left", left);
    Tensor rights = projected("right", right);
    long rows = left.size(0) / views;
    long columns = right.size(0) / views;
    Tensor sum = null;
    for (int view = 0; view < views; view++) {
      Tensor cosines =
          products.multiply(
              lefts.narrow(0, view * rows, rows),
              rights.narrow(0, (view + 1) % views * columns, columns).t());
      Tensor loss = contrast(cosines.div(new Scalar(estimator.temperature())));
      sum = sum == null ? loss : sum.add(loss);
    }
    if (sum == null) {
      throw new IllegalStateException("no view, expected one or more");
    }
    return sum.div(new Scalar((double) views));
  }

  /**
   * One view's loss.
   *
   * @param logits (image, image x location)
   */
  private static Tensor contrast(Tensor logits) {
    long images = logits.size(0);
    Tensor byImage = logits.view(images, images, -1);
    Tensor own = byImage.diagonal(0, 0, 1).t();
    Tensor toImages = logits.logsumexp(0).view(images, -1);
    Tensor same = torch.eye(images, logits.options()).to(torch.ScalarType.Bool).unsqueeze(2);
    Tensor others =
        byImage
            .masked_fill(same, new Scalar(NOT_A_CANDIDATE))
            .view(images, -1)
            .logsumexp(new long[] {1}, true);
    Tensor toLocations = torch.logaddexp(others, own);
    return toImages.add(toLocations).mean().div(new Scalar(2.0)).sub(own.mean());
  }

  /** The mean squared error of the pictures painted from z; images are (picture, value). */
  Tensor reconstruct(Tensor z, Tensor images) {
    Tensor painted = dense("d2", torch.relu_(dense("d1", z)));
    return torch.mse_loss(painted, images);
  }

  private Tensor projected(String side, Tensor in) {
    Tensor out = dense(side + ".d2", torch.relu_(dense(side + ".d1", in)));
    return out.div(out.square().sum(1).sqrt().unsqueeze(1));
  }

  private Tensor dense(String layer, Tensor in) {
    return products.multiply(in, parameter(layer + ".w")).add_(parameter(layer + ".b"));
  }

  private Tensor parameter(String suffix) {
    return TorchEncoder.named(parameters, name + "." + suffix);
  }
}
