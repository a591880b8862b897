package infomax.trainer.release;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * The losses of a training over its steps. Immutable values, gathered by {@link Recorder}.
 *
 * @param points in order of steps
 */
public record LossHistory(List<Point> points) {

  /** Nothing recorded yet. */
  public static final LossHistory EMPTY = new LossHistory(List.of());

  /** Copies the points. */
  public LossHistory {
    points = List.copyOf(points);
  }

  /**
   * Mean losses over some steps.
   *
   * @param step steps done at the end of them
   * @param epoch the epoch, from 1
   * @param steps how many steps the means are over
   * @param total the weighted sum of the terms
   * @param global the global information term
   * @param local the local information term
   * @param prior KL divergence to the standard normal per dimension
   * @param learningRate the last step's rate
   * @param seconds training time up to here
   * @param within the term of locations of the feature map; 0 where there is none
   * @param earlier the term of the map before the feature map; 0 where there is none
   */
  public record Point(
      long step,
      int epoch,
      int steps,
      double total,
      double global,
      double local,
      double prior,
      double learningRate,
      double seconds,
      double within,
      double earlier) {}

  /** Mean of a loss over an epoch's points; NaN if there are none. */
  public double meanOfEpoch(int epoch, ToDoubleFunction<Point> loss) {
    return mean(point -> point.epoch() == epoch, loss);
  }

  /** Mean of a loss over the first tenth of the steps, one point at least; NaN without points. */
  public double meanOfFirstTenth(ToDoubleFunction<Point> loss) {
    if (points.isEmpty()) {
      return Double.NaN;
    }
    long until = Math.max(points.getFirst().step(), points.getLast().step() / 10);
    return mean(point -> point.step() <= until, loss);
  }

  /** Mean of a loss over the last tenth of the steps, one point at least; NaN without points. */
  public double meanOfLastTenth(ToDoubleFunction<Point> loss) {
    if (points.isEmpty()) {
      return Double.NaN;
    }
    long last = points.getLast().step();
    long after = last - Math.max(1, last / 10);
    return mean(point -> point.step() > after, loss);
  }

  private double mean(Predicate<Point> chosen, ToDoubleFunction<Point> loss) {
    double sum = 0;
    long steps = 0;
    for (Point point : points) {
      if (chosen.test(point)) {
        sum += loss.applyAsDouble(point) * point.steps();
        steps += point.steps();
      }
    }
    return steps == 0 ? Double.NaN : sum / steps;
  }

  /** The points up to a step: what a training that is resumed there has seen. */
  public LossHistory upTo(long step) {
    return new LossHistory(points.stream().filter(point -> point.step() <= step).toList());
  }

  /** Gathers steps into points. Not thread-safe. */
  public static final class Recorder {
    private final List<Point> points;
    private final int stepsPerPoint;
    private int steps;
    private double total;
    private double global;
    private double local;
    private double prior;
    private double within;
    private double earlier;

    /** Goes on from a history, with a point every so many steps. */
    public Recorder(LossHistory before, int stepsPerPoint) {
      this.points = new ArrayList<>(before.points());
      this.stepsPerPoint = Math.max(1, stepsPerPoint);
    }

    /** Adds a step; its losses are those of {@code one}, a point over one step. */
    public void add(Point one, boolean lastOfEpoch) {
      steps++;
      total += one.total();
      global += one.global();
      local += one.local();
      prior += one.prior();
      within += one.within();
      earlier += one.earlier();
      if (steps == stepsPerPoint || lastOfEpoch) {
        points.add(
            new Point(
                one.step(),
                one.epoch(),
                steps,
                total / steps,
                global / steps,
                local / steps,
                prior / steps,
                one.learningRate(),
                one.seconds(),
                within / steps,
                earlier / steps));
        steps = 0;
        total = 0;
        global = 0;
        local = 0;
        prior = 0;
        within = 0;
        earlier = 0;
      }
    }

    /** What has been recorded; steps of an unfinished point are not in it. */
    public LossHistory history() {
      return new LossHistory(points);
    }
  }
}
