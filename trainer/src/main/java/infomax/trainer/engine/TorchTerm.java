package infomax.trainer.engine;

import infomax.trainer.network.Critics;
import infomax.trainer.objective.Estimator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A term of the objective that compares two sides: z, the locations of the feature map or of the
 * map before it, or the whole feature map. Or what stands in its place, a decoder. Tensors belong
 * to the caller's scope.
 *
 * @param name {@code global}, {@code local}, {@code within} or {@code earlier}, the prefix of its
 *     parameters
 * @param objective it is part of
 */
record TorchTerm(String name, TorchObjective objective) {

  private static final double NOT_A_CANDIDATE = Double.NEGATIVE_INFINITY;

  /**
   * The loss.
   *
   * @param left (row, value); a row for each picture, or for each of its locations
   * @param right (row x location, value), the locations that a left row meets one after the other
   * @param images (picture, colour, y, x), what a decoder paints
   * @param pairing of the left rows, where the estimator or the term draws it
   */
  Tensor loss(Tensor left, Tensor right, Tensor images, Pairing pairing) {
    return switch (objective.preset().objective().estimator()) {
      case Estimator.OfPairs ofPairs -> pairs(ofPairs, left, right, pairing);
      case Estimator.InfoNce nce ->
          left.size(0) == objective.preset().pictures()
              ? contrast(nce, left, right)
              : contrastLocations(nce, left, right, pairing);
      case Estimator.Reconstruction _ -> reconstruct(left, images.flatten(1, -1));
    };
  }

  private Tensor pairs(Estimator.OfPairs estimator, Tensor left, Tensor right, Pairing pairing) {
    Tensor scores =
        switch (estimator.critics()) {
          case Critics.Mlp _ -> mlpScores(left, right, pairing);
          case Critics.Projection _ -> dotScores(left, right, pairing);
        };
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

  /** Scores of the positives, then of the negatives, (2, pair). */
  private Tensor mlpScores(Tensor left, Tensor right, Pairing pairing) {
    int rows = (int) left.size(0);
    Tensor first = parameter("d1.w");
    long leftLength = left.size(1);
    long width = first.size(1);
    // Linear in the concatenation of both sides: once per row, not once per pair.
    Tensor ofLeft =
        products()
            .multiply(left, first.narrow(0, 0, leftLength))
            .add_(parameter("d1.b"))
            .view(rows, 1, width);
    Tensor ofRight =
        products()
            .multiply(right, first.narrow(0, leftLength, right.size(1)))
            .view(rows, -1, width);
    Tensor positiveSide = ofRight.index_select(0, indices(rows, pairing::positive));
    Tensor negativeSide = ofRight.index_select(0, indices(rows, pairing::negative));
    Tensor hidden =
        torch.relu_(
            torch
                .cat(new TensorVector(ofLeft.add(positiveSide), ofLeft.add(negativeSide)), 0)
                .view(-1, width));
    return dense("d4", torch.relu_(dense("d3", torch.relu_(dense("d2", hidden))))).view(2, -1);
  }

  /** The same by projections. */
  private Tensor dotScores(Tensor left, Tensor right, Pairing pairing) {
    int rows = (int) left.size(0);
    Tensor lefts = head("left", left);
    long length = lefts.size(1);
    Tensor ofLeft = lefts.view(rows, 1, length);
    Tensor ofRight = head("right", right).view(rows, -1, length);
    Tensor positives =
        ofRight.index_select(0, indices(rows, pairing::positive)).mul(ofLeft).mean(2);
    Tensor negatives =
        ofRight.index_select(0, indices(rows, pairing::negative)).mul(ofLeft).mean(2);
    return torch.cat(new TensorVector(positives, negatives), 0).view(2, -1);
  }

  /** The mean over the views, each against the next. */
  private Tensor contrast(Estimator.InfoNce estimator, Tensor left, Tensor right) {
    Tensor lefts = projected("left", left);
    Tensor rights = projected("right", right);
    int views = objective.preset().views().count();
    long rows = left.size(0) / views;
    long columns = right.size(0) / views;
    Tensor sum = null;
    for (int view = 0; view < views; view++) {
      Tensor cosines =
          products()
              .multiply(
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

  /** The mean over views and locations: what was drawn there for all images of a view. */
  private Tensor contrastLocations(
      Estimator.InfoNce estimator, Tensor left, Tensor right, Pairing pairing) {
    int rows = (int) left.size(0);
    Tensor lefts = byLocation(projected("left", left));
    Tensor rights =
        byLocation(projected("right", right).index_select(0, indices(rows, pairing::positive)));
    Tensor logits =
        products().multiply(lefts, rights.transpose(1, 2)).div(new Scalar(estimator.temperature()));
    Tensor toLefts = logits.logsumexp(new long[] {1}, false).mean();
    Tensor toRights = logits.logsumexp(new long[] {2}, false).mean();
    return toLefts.add(toRights).div(new Scalar(2.0)).sub(logits.diagonal(0, 1, 2).mean());
  }

  /** From (view, image, location) to (view and location, image), each with its projection. */
  private Tensor byLocation(Tensor projections) {
    long images = objective.preset().miniBatch();
    long views = objective.preset().views().count();
    long length = projections.size(1);
    return projections.view(views, images, -1, length).transpose(1, 2).reshape(-1, images, length);
  }

  /** The mean squared error of the pictures painted from z; images are (picture, value). */
  private Tensor reconstruct(Tensor z, Tensor images) {
    Tensor painted = dense("d2", torch.relu_(dense("d1", z)));
    return torch.mse_loss(painted, images);
  }

  private Tensor projected(String side, Tensor in) {
    Tensor out = head(side, in);
    return out.div(out.square().sum(1).sqrt().unsqueeze(1));
  }

  private Tensor head(String side, Tensor in) {
    return dense(side + ".d2", torch.relu_(dense(side + ".d1", in)));
  }

  private Tensor dense(String layer, Tensor in) {
    return objective.dense(name + "." + layer, in);
  }

  private Tensor parameter(String suffix) {
    return objective.parameter(name + "." + suffix);
  }

  private Tensor indices(int count, IntUnaryOperator index) {
    return objective.arrays().indices(IntStream.range(0, count).map(index).toArray());
  }

  private TorchProducts products() {
    return objective.products();
  }
}
