package infomax.trainer.evaluation;

import infomax.trainer.statistics.Moments;
import infomax.trainer.statistics.NativeThreads;
import infomax.trainer.statistics.VectorSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * How well a linear classifier reads labels off the embeddings: softmax regression (Adam, its rate
 * falling to 0, L2 1e-4, mini-batches of 256) on standardised features of the training part,
 * accuracy on the held-out part. Labels unknown to the training part count as wrong.
 */
public final class LinearProbe {

  private static final int MINI_BATCH = 256;
  private static final int IMAGES_MIN = 100;

  private final long seed;
  private final double rate;
  private final int iterations;
  private final Duration timeMax;

  /**
   * A probe.
   *
   * @param seed its weights start from this
   * @param rate Adam's at the beginning: 1e-2 for some hundred iterations, 1e-3 for thousands
   * @param iterations mini-batches
   * @param timeMax gives up after this long
   */
  public LinearProbe(long seed, double rate, int iterations, Duration timeMax) {
    this.seed = seed;
    this.rate = rate;
    this.iterations = iterations;
    this.timeMax = timeMax;
  }

  /**
   * Accuracy from 0 to 1; empty if there are too few labelled images, only one class, or not enough
   * time.
   */
  public OptionalDouble accuracy(
      VectorSet training,
      List<String> trainingLabels,
      VectorSet heldOut,
      List<String> heldOutLabels) {
    SortedSet<String> names = new TreeSet<>(trainingLabels);
    if (names.size() < 2
        || training.count() < IMAGES_MIN
        || heldOut.count() == 0
        || !training.isFinite()
        || !heldOut.isFinite()) {
      return OptionalDouble.empty();
    }
    NativeThreads.useCallersOnly();
    List<String> classes = List.copyOf(names);
    Moments moments = Moments.of(training);
    MultiLayerNetwork network = new MultiLayerNetwork(configuration(training, classes.size()));
    network.init();
    int[] order = order(training.count());
    List<DataSet> batches =
        batches(
            permuted(standardised(training, moments), order),
            Arrays.stream(order).mapToObj(trainingLabels::get).toList(),
            classes);
    long deadlineNanos = System.nanoTime() + timeMax.toNanos();
    for (int iteration = 0; iteration < iterations; iteration++) {
      if (System.nanoTime() > deadlineNanos) {
        // A figure that depends on how busy the machine is would be worse than none.
        return OptionalDouble.empty();
      }
      network.fit(batches.get(iteration % batches.size()));
    }
    // One more column than the classifier has: labels it cannot know.
    Evaluation evaluation = new Evaluation(classes.size() + 1);
    INDArray predicted = network.output(array(standardised(heldOut, moments)));
    evaluation.eval(
        oneHot(heldOutLabels, classes, classes.size() + 1),
        Nd4j.hstack(predicted, Nd4j.zeros(predicted.dataType(), predicted.rows(), 1)));
    return OptionalDouble.of(evaluation.accuracy());
  }

  private MultiLayerConfiguration configuration(VectorSet training, int classes) {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .updater(new Adam(new PolySchedule(ScheduleType.ITERATION, rate, 1, iterations)))
        .l2(1e-4)
        .list()
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(training.dimensions())
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build())
        .build();
  }

  /** Images often come class by class: a mini-batch must not. */
  private int[] order(int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static VectorSet permuted(VectorSet set, int[] order) {
    return VectorSet.filled(
        set.count(),
        set.dimensions(),
        (row, target, offset) ->
            System.arraycopy(set.row(order[row]), 0, target, offset, set.dimensions()));
  }

  private static List<DataSet> batches(
      VectorSet features, List<String> labels, List<String> classes) {
    List<DataSet> batches = new ArrayList<>();
    for (int begin = 0; begin < features.count(); begin += MINI_BATCH) {
      int end = Math.min(begin + MINI_BATCH, features.count());
      batches.add(
          new DataSet(
              array(features.range(begin, end)),
              oneHot(labels.subList(begin, end), classes, classes.size())));
    }
    return batches;
  }

  private static VectorSet standardised(VectorSet set, Moments moments) {
    double[] mean = moments.mean();
    double[] deviation = moments.standardDeviation();
    return VectorSet.filled(
        set.count(),
        set.dimensions(),
        (row, target, offset) -> {
          for (int d = 0; d < mean.length; d++) {
            double scale = deviation[d] > 0 ? 1 / deviation[d] : 0;
            target[offset + d] = (float) ((set.value(row, d) - mean[d]) * scale);
          }
        });
  }

  private static INDArray array(VectorSet set) {
    return Nd4j.createFromArray(set.values()).reshape('c', set.count(), set.dimensions());
  }

  private static INDArray oneHot(List<String> labels, List<String> classes, int width) {
    INDArray array = Nd4j.zeros(labels.size(), width);
    for (int row = 0; row < labels.size(); row++) {
      int known = classes.indexOf(labels.get(row));
      array.putScalar(row, known >= 0 ? known : width - 1, 1);
    }
    return array;
  }
}
