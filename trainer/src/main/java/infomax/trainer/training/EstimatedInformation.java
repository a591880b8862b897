package infomax.trainer.training;

import infomax.trainer.network.NetworkShape;
import infomax.trainer.objective.Objective;
import infomax.trainer.release.LossHistory;
import infomax.trainer.release.LossHistory.Point;
import infomax.trainer.view.Views;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Mutual information that the losses of a training vouch for. Pure. */
final class EstimatedInformation {

  private EstimatedInformation() {}

  /**
   * A term whose loss vouches for information.
   *
   * @param locations of the right side that a row of the left side meets
   */
  private record Term(String name, double weight, ToDoubleFunction<Point> loss, int locations) {}

  /**
   * Mutual information in nats that an epoch's losses vouch for, at least, by figure. Steps on
   * small views do not count: their maps have fewer locations, by which a loss is read. Empty if
   * the epoch has no others.
   *
   * @param losses of the whole training
   * @param epoch from 1
   * @param shape of the network, for images of the full size
   */
  static Map<String, Double> nats(
      TrainingOrder order, LossHistory losses, int epoch, NetworkShape shape) {
    LossHistory whole =
        new LossHistory(
            losses.points().stream().filter(point -> isOnWholeViews(order, point, shape)).toList());
    Objective objective = order.preset().objective();
    Map<String, Double> information = new TreeMap<>();
    for (Term term :
        List.of(
            new Term("Global", objective.alpha(), Point::global, 1),
            new Term("Local", objective.beta(), Point::local, shape.locations()),
            new Term("Within", objective.within(), Point::within, 1),
            new Term("Earlier", objective.earlier(), Point::earlier, shape.earlierLocations()))) {
      double loss = whole.meanOfEpoch(epoch, term.loss());
      if (term.weight() > 0 && !Double.isNaN(loss)) {
        objective
            .estimator()
            .information(loss, order.preset().miniBatch(), term.locations())
            .ifPresent(nats -> information.put("information" + term.name() + "Nats", nats));
      }
    }
    return information;
  }

  /** By the first step of a point: none has steps on views of two sizes. */
  private static boolean isOnWholeViews(TrainingOrder order, Point point, NetworkShape shape) {
    Views views = order.preset().views();
    double progress = (double) (point.step() - point.steps()) / order.steps();
    return views.side(shape.inputSize(), progress) == shape.inputSize();
  }
}
