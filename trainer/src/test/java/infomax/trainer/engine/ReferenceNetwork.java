package infomax.trainer.engine;

import infomax.trainer.network.Convolution;
import infomax.trainer.network.CriticSides;
import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Pooling;
import infomax.trainer.objective.Estimator;
import infomax.trainer.objective.Objective;
import infomax.trainer.objective.Preset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Network and objective written down plainly, in double precision, one scalar at a time. What the
 * engine computes fast is compared with this.
 */
final class ReferenceNetwork {

  private final Tape tape = new Tape();
  private final ParameterLayout layout;
  private final Objective objective;
  private final int views;
  private final int[] parameters;
  private final int pictures;
  private final int images;
  private final List<double[]> batchMeans = new ArrayList<>();
  private final List<double[]> batchVariances = new ArrayList<>();
  private final int[][] mean;
  private final int total;
  private final int global;
  private final int local;
  private final int prior;
  private final int within;
  private final int earlier;

  ReferenceNetwork(
      ParameterLayout layout,
      Preset preset,
      double[] parameters,
      byte[] pixels,
      StepRandomness randomness) {
    this.layout = layout;
    this.objective = preset.objective();
    this.views = preset.views().count();
    this.parameters = tape.inputs(parameters);
    this.pictures = pixels.length / layout.shape().imageBytes();
    this.images = pictures / views;
    int[][] features = pixelNodes(pixels);
    int[][] featureMap = {};
    int[][] earlierMap = {};
    for (Convolution convolution : layout.shape().convolutions()) {
      features = block(convolution, features);
      if (convolution.ordinal() == layout.shape().blocks() - 1) {
        featureMap = features;
      }
      if (convolution.ordinal() == layout.shape().blocks() - 2) {
        earlierMap = features;
      }
    }
    int[][] pooled =
        layout.shape().pooling() == Pooling.MAX ? globalMax(features) : attended(features);
    this.mean = dense("mean", pooled);
    int[][] logVariance = dense("logvar", pooled);
    int[][] z = sample(mean, logVariance, randomness.noise());
    this.prior = prior(mean, logVariance);
    this.global =
        objective.estimator() instanceof Estimator.Reconstruction
            ? reconstruction(z, pixels)
            : term(
                "global",
                objective.alpha(),
                z,
                objective.global() == CriticSides.Global.Z ? z : sideBySide(featureMap),
                randomness.globalPartners());
    this.local = term("local", objective.beta(), z, featureMap, randomness.localPartners());
    this.within = within(featureMap, randomness);
    this.earlier =
        term("earlier", objective.earlier(), z, earlierMap, randomness.earlierPartners());
    this.total =
        tape.sum(
            tape.affine(global, objective.alpha(), 0),
            tape.affine(local, objective.beta(), 0),
            tape.affine(prior, objective.gamma(), 0),
            tape.affine(within, objective.within(), 0),
            tape.affine(earlier, objective.earlier(), 0));
  }

  StepLosses losses() {
    return new StepLosses(
        tape.value(total),
        tape.value(global),
        tape.value(local),
        tape.value(prior),
        tape.value(within),
        tape.value(earlier));
  }

  /** The gradient of the total loss, one value per parameter. */
  double[] gradient() {
    return Arrays.copyOf(tape.gradient(total), parameters.length);
  }

  /** The mean of p(z|x) of every image. */
  List<float[]> means() {
    return Arrays.stream(mean)
        .map(row -> Cases.floats(Arrays.stream(row).mapToDouble(tape::value).toArray()))
        .toList();
  }

  double[] batchMean(int layer) {
    return batchMeans.get(layer);
  }

  /** Unbiased. */
  double[] batchVariance(int layer) {
    return batchVariances.get(layer);
  }

  private int[][] pixelNodes(byte[] pixels) {
    int side = layout.shape().inputSize();
    int[][] nodes = new int[pictures * side * side][NetworkShape.COLOURS];
    for (int image = 0; image < pictures; image++) {
      for (int colour = 0; colour < NetworkShape.COLOURS; colour++) {
        for (int p = 0; p < side * side; p++) {
          int value =
              Byte.toUnsignedInt(pixels[(image * NetworkShape.COLOURS + colour) * side * side + p]);
          nodes[image * side * side + p][colour] = tape.input(value / 255.0 - 0.5);
        }
      }
    }
    return nodes;
  }

  /** Convolution, batch norm, LeakyReLU, pooling; rows are (image, y, x), columns channels. */
  private int[][] block(Convolution convolution, int[][] in) {
    int i = convolution.ordinal();
    int[][] activated =
        normalise(
            convolve(in, convolution, tensor("conv" + i + ".w")),
            tensor("bn" + i + ".g"),
            tensor("bn" + i + ".b"));
    for (int[] row : activated) {
      for (int c = 0; c < row.length; c++) {
        row[c] = tape.leaky(row[c], NetworkShape.LEAKY_SLOPE);
      }
    }
    return convolution.pooled() ? pool(activated, convolution.side()) : activated;
  }

  private int[][] convolve(int[][] in, Convolution convolution, int[] weights) {
    int side = convolution.side();
    int inputs = convolution.inputChannels();
    int outputs = convolution.outputChannels();
    int[][] out = new int[in.length][outputs];
    int[] left = new int[9 * inputs];
    int[] right = new int[9 * inputs];
    for (int row = 0; row < in.length; row++) {
      int y = row / side % side;
      int x = row % side;
      for (int o = 0; o < outputs; o++) {
        int count = 0;
        for (int k = 0; k < 9; k++) {
          int dy = k / 3 - 1;
          int dx = k % 3 - 1;
          if (y + dy >= 0 && y + dy < side && x + dx >= 0 && x + dx < side) {
            for (int c = 0; c < inputs; c++) {
              left[count] = in[row + dy * side + dx][c];
              right[count] = weights[(k * inputs + c) * outputs + o];
              count++;
            }
          }
        }
        out[row][o] = tape.dot(left, right, count);
      }
    }
    return out;
  }

  private int[][] normalise(int[][] in, int[] scale, int[] shift) {
    int[][] out = new int[in.length][scale.length];
    double[] means = new double[scale.length];
    double[] variances = new double[scale.length];
    for (int c = 0; c < scale.length; c++) {
      int channel = c;
      int[] column = Arrays.stream(in).mapToInt(row -> row[channel]).toArray();
      int minusMean = tape.affine(tape.mean(column), -1, 0);
      int[] centred = Arrays.stream(column).map(node -> tape.add(node, minusMean)).toArray();
      int variance =
          tape.mean(Arrays.stream(centred).map(node -> tape.multiply(node, node)).toArray());
      int inverse = tape.power(tape.affine(variance, 1, NetworkShape.NORM_EPSILON), -0.5);
      for (int row = 0; row < in.length; row++) {
        int unit = tape.multiply(centred[row], inverse);
        out[row][c] = tape.add(tape.multiply(unit, scale[c]), shift[c]);
      }
      means[c] = -tape.value(minusMean);
      variances[c] = tape.value(variance) * in.length / (in.length - 1);
    }
    batchMeans.add(means);
    batchVariances.add(variances);
    return out;
  }

  private int[][] pool(int[][] in, int side) {
    int half = side / 2;
    int[][] out = new int[in.length / 4][in[0].length];
    for (int row = 0; row < out.length; row++) {
      int image = row / (half * half);
      int y = row / half % half;
      int x = row % half;
      int corner = (image * side + 2 * y) * side + 2 * x;
      for (int c = 0; c < out[row].length; c++) {
        out[row][c] =
            tape.max(
                in[corner][c], in[corner + 1][c], in[corner + side][c], in[corner + side + 1][c]);
      }
    }
    return out;
  }

  private int[][] globalMax(int[][] in) {
    int[][] out = new int[pictures][in[0].length];
    int locations = in.length / pictures;
    for (int image = 0; image < pictures; image++) {
      for (int c = 0; c < out[image].length; c++) {
        int first = image * locations;
        int channel = c;
        out[image][c] =
            tape.max(
                Arrays.stream(in, first, first + locations)
                    .mapToInt(row -> row[channel])
                    .toArray());
      }
    }
    return out;
  }

  /** Of each picture the mean of its rows, weighted by the softmax of their scores. */
  private int[][] attended(int[][] in) {
    int[] weights = tensor("pool.w");
    int[][] out = new int[pictures][weights.length];
    int locations = in.length / pictures;
    for (int image = 0; image < pictures; image++) {
      int[][] own = Arrays.copyOfRange(in, image * locations, (image + 1) * locations);
      int[] exponentials =
          Arrays.stream(own)
              .mapToInt(row -> tape.exp(tape.dot(row, weights, weights.length)))
              .toArray();
      int inverse = tape.power(tape.sum(exponentials), -1);
      for (int c = 0; c < weights.length; c++) {
        int channel = c;
        int[] column = Arrays.stream(own).mapToInt(row -> row[channel]).toArray();
        out[image][c] = tape.multiply(tape.dot(column, exponentials, locations), inverse);
      }
    }
    return out;
  }

  private int[][] dense(String name, int[][] in) {
    int[] weights = tensor(name + ".w");
    int[] bias = tensor(name + ".b");
    int[][] out = new int[in.length][bias.length];
    int[] column = new int[in[0].length];
    for (int o = 0; o < bias.length; o++) {
      for (int i = 0; i < column.length; i++) {
        column[i] = weights[i * bias.length + o];
      }
      for (int row = 0; row < in.length; row++) {
        out[row][o] = tape.add(tape.dot(in[row], column, column.length), bias[o]);
      }
    }
    return out;
  }

  private int[][] relu(int[][] in) {
    for (int[] row : in) {
      for (int c = 0; c < row.length; c++) {
        row[c] = tape.leaky(row[c], 0);
      }
    }
    return in;
  }

  private int[][] sample(int[][] mean, int[][] logVariance, float[] noise) {
    int[][] z = new int[pictures][mean[0].length];
    for (int i = 0; i < pictures; i++) {
      for (int d = 0; d < z[i].length; d++) {
        int deviation = tape.exp(tape.affine(logVariance[i][d], 0.5, 0));
        z[i][d] = tape.add(mean[i][d], tape.affine(deviation, noise[i * z[i].length + d], 0));
      }
    }
    return z;
  }

  private int prior(int[][] mean, int[][] logVariance) {
    List<Integer> terms = new ArrayList<>();
    for (int i = 0; i < pictures; i++) {
      for (int d = 0; d < mean[i].length; d++) {
        int logV = logVariance[i][d];
        int squared = tape.multiply(mean[i][d], mean[i][d]);
        int sum =
            tape.sum(
                tape.affine(logV, 1, 1),
                tape.affine(squared, -1, 0),
                tape.affine(tape.exp(logV), -1, 0));
        terms.add(tape.affine(sum, -0.5, 0));
      }
    }
    return tape.mean(nodes(terms));
  }

  private int term(String name, double weight, int[][] z, int[][] other, int[] partners) {
    if (weight == 0) {
      return tape.input(0);
    }
    return switch (objective.estimator()) {
      case Estimator.Reconstruction _ -> throw new IllegalStateException("has no local term");
      case Estimator.OfPairs ofPairs -> pairLoss(ofPairs, pairs(name, z, other, partners));
      case Estimator.InfoNce nce -> infoNce(name, z, other, nce.temperature());
    };
  }

  private int[][] sideBySide(int[][] map) {
    int locations = map.length / pictures;
    int[][] rows = new int[pictures][];
    for (int i = 0; i < pictures; i++) {
      rows[i] =
          Arrays.stream(map, i * locations, (i + 1) * locations)
              .flatMapToInt(Arrays::stream)
              .toArray();
    }
    return rows;
  }

  /** Each location of C with another one of its image, against that of another image. */
  private int within(int[][] map, StepRandomness randomness) {
    if (objective.within() == 0) {
      return tape.input(0);
    }
    if (objective.estimator() instanceof Estimator.InfoNce nce) {
      return infoNceWithin(map, randomness.withinShifts(), nce.temperature());
    }
    int locations = map.length / pictures;
    List<Integer> positives = new ArrayList<>();
    List<Integer> negatives = new ArrayList<>();
    for (int i = 0; i < pictures; i++) {
      int counterpart = (i + images) % pictures;
      int negative = randomness.withinPartners()[i];
      for (int l = 0; l < locations; l++) {
        int[] here = map[i * locations + l];
        int other = (l + randomness.withinShifts()[i]) % locations;
        positives.add(critic("within", here, map[counterpart * locations + other]));
        negatives.add(critic("within", here, map[negative * locations + other]));
      }
    }
    return pairLoss((Estimator.OfPairs) objective.estimator(), new Pairs(positives, negatives));
  }

  /** For every view and location: that location of all images against the ones drawn for them. */
  private int infoNceWithin(int[][] map, int[] shifts, double temperature) {
    int locations = map.length / pictures;
    int[][] left = project("within.left", map);
    int[][] right = project("within.right", map);
    List<Integer> losses = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      for (int l = 0; l < locations; l++) {
        int[][] here = new int[images][];
        int[][] there = new int[images][];
        for (int image = 0; image < images; image++) {
          int picture = view * images + image;
          int counterpart = (picture + images) % pictures;
          here[image] = left[picture * locations + l];
          there[image] = right[counterpart * locations + (l + shifts[picture]) % locations];
        }
        losses.add(infoNce(here, there, temperature));
      }
    }
    return tape.mean(nodes(losses));
  }

  private int reconstruction(int[][] z, byte[] pixels) {
    int[][] pictures = dense("global.d2", relu(dense("global.d1", z)));
    List<Integer> errors = new ArrayList<>();
    for (int i = 0; i < pixels.length; i++) {
      int length = pixels.length / pictures.length;
      double value = Byte.toUnsignedInt(pixels[i]) / 255.0 - 0.5;
      int error = tape.affine(pictures[i / length][i % length], 1, -value);
      errors.add(tape.multiply(error, error));
    }
    return tape.mean(nodes(errors));
  }

  /** Scores of the positives, then those of their negatives. */
  private record Pairs(List<Integer> positives, List<Integer> negatives) {}

  private Pairs pairs(String name, int[][] z, int[][] other, int[] partners) {
    int locations = other.length / pictures;
    List<Integer> positives = new ArrayList<>();
    List<Integer> negatives = new ArrayList<>();
    for (int i = 0; i < pictures; i++) {
      int counterpart = (i + images) % pictures;
      for (int l = 0; l < locations; l++) {
        positives.add(critic(name, z[i], other[counterpart * locations + l]));
        negatives.add(critic(name, z[i], other[partners[i] * locations + l]));
      }
    }
    return new Pairs(positives, negatives);
  }

  private int pairLoss(Estimator.OfPairs estimator, Pairs pairs) {
    IntStream negated = pairs.positives.stream().mapToInt(node -> tape.affine(node, -1, 0));
    IntStream negatives = pairs.negatives.stream().mapToInt(Integer::intValue);
    return switch (estimator) {
      case Estimator.JensenShannon _ ->
          tape.add(
              tape.mean(negated.map(tape::softplus).toArray()),
              tape.mean(negatives.map(tape::softplus).toArray()));
      case Estimator.SquaredHellinger _ ->
          tape.add(
              tape.mean(negated.map(tape::exp).toArray()),
              tape.mean(negatives.map(tape::exp).toArray()));
      case Estimator.DonskerVaradhan _ ->
          tape.add(
              tape.mean(negated.toArray()),
              tape.log(tape.mean(negatives.map(tape::exp).toArray())));
    };
  }

  private int critic(String name, int[] left, int[] right) {
    if (layout.critics() instanceof Critics.Projection(int _, int length)) {
      int product = tape.dot(head(name + ".left", left), head(name + ".right", right), length);
      return tape.affine(product, 1.0 / length, 0);
    }
    int[] pair = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, pair, left.length, right.length);
    int[][] layer = {pair};
    for (int d = 1; d <= 3; d++) {
      layer = relu(dense(name + ".d" + d, layer));
    }
    return dense(name + ".d4", layer)[0][0];
  }

  /** The mean over the views, each against the next. */
  private int infoNce(String name, int[][] z, int[][] other, double temperature) {
    int[][] left = project(name + ".left", z);
    int[][] right = project(name + ".right", other);
    int[] losses = new int[views];
    for (int view = 0; view < views; view++) {
      losses[view] =
          infoNce(part(left, view, views), part(right, (view + 1) % views, views), temperature);
    }
    return tape.mean(losses);
  }

  private static int[][] part(int[][] rows, int part, int parts) {
    int length = rows.length / parts;
    return Arrays.copyOfRange(rows, part * length, (part + 1) * length);
  }

  private int infoNce(int[][] left, int[][] right, double temperature) {
    int locations = right.length / images;
    int[][] logits = new int[images][right.length];
    for (int i = 0; i < images; i++) {
      for (int c = 0; c < right.length; c++) {
        int cosine = tape.dot(left[i], right[c], left[i].length);
        logits[i][c] = tape.affine(cosine, 1 / temperature, 0);
      }
    }
    List<Integer> losses = new ArrayList<>();
    for (int c = 0; c < right.length; c++) {
      int image = c / locations;
      int location = c;
      int[] toImages = Arrays.stream(logits).mapToInt(row -> row[location]).toArray();
      losses.add(crossEntropy(logits[image][c], toImages));
      int[] toLocations =
          IntStream.range(0, right.length)
              .filter(k -> k / locations != image || k == location)
              .map(k -> logits[image][k])
              .toArray();
      losses.add(crossEntropy(logits[image][c], toLocations));
    }
    return tape.mean(nodes(losses));
  }

  private int[] head(String name, int[] in) {
    return heads(name, new int[][] {in})[0];
  }

  private int[][] heads(String name, int[][] in) {
    return dense(name + ".d2", relu(dense(name + ".d1", in)));
  }

  private int[][] project(String name, int[][] in) {
    int[][] out = heads(name, in);
    for (int[] row : out) {
      int inverse = tape.power(tape.dot(row, row, row.length), -0.5);
      for (int c = 0; c < row.length; c++) {
        row[c] = tape.multiply(row[c], inverse);
      }
    }
    return out;
  }

  private int crossEntropy(int positive, int[] candidates) {
    int sum = tape.sum(Arrays.stream(candidates).map(tape::exp).toArray());
    return tape.add(tape.log(sum), tape.affine(positive, -1, 0));
  }

  private int[] tensor(String name) {
    ParameterTensor tensor = layout.tensor(name);
    return Arrays.copyOfRange(parameters, tensor.offset(), tensor.end());
  }

  private static int[] nodes(List<Integer> nodes) {
    return nodes.stream().mapToInt(Integer::intValue).toArray();
  }
}
