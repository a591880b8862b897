package infomax.trainer.engine;

import java.util.Arrays;

/**
 * Scalars in double precision with reverse-mode differentiation: every operation notes which nodes
 * it came from and its partial derivatives. Slow and obvious, for references only.
 */
final class Tape {

  private double[] values = new double[1 << 16];
  private int[] edgeStarts = new int[1 << 16];
  private int nodes;
  private int[] parents = new int[1 << 18];
  private double[] partials = new double[1 << 18];
  private int edges;

  double value(int node) {
    return values[node];
  }

  /** A node without parents: an input. */
  int input(double value) {
    if (nodes + 2 > values.length) {
      values = Arrays.copyOf(values, 2 * values.length);
      edgeStarts = Arrays.copyOf(edgeStarts, 2 * edgeStarts.length);
    }
    edgeStarts[nodes] = edges;
    values[nodes] = value;
    nodes++;
    edgeStarts[nodes] = edges;
    return nodes - 1;
  }

  int[] inputs(double[] given) {
    return Arrays.stream(given).mapToInt(this::input).toArray();
  }

  private void edge(int parent, double partial) {
    if (edges == parents.length) {
      parents = Arrays.copyOf(parents, 2 * edges);
      partials = Arrays.copyOf(partials, 2 * edges);
    }
    parents[edges] = parent;
    partials[edges] = partial;
    edges++;
    edgeStarts[nodes] = edges;
  }

  /** A node with one parent. */
  int unary(int parent, double value, double derivative) {
    int node = input(value);
    edge(parent, derivative);
    return node;
  }

  int add(int left, int right) {
    int node = unary(left, values[left] + values[right], 1);
    edge(right, 1);
    return node;
  }

  int multiply(int left, int right) {
    int node = unary(left, values[left] * values[right], values[right]);
    edge(right, values[left]);
    return node;
  }

  /** offset + factor * parent. */
  int affine(int parent, double factor, double offset) {
    return unary(parent, offset + factor * values[parent], factor);
  }

  int sum(int... terms) {
    double sum = 0;
    for (int term : terms) {
      sum += values[term];
    }
    int node = input(sum);
    for (int term : terms) {
      edge(term, 1);
    }
    return node;
  }

  int mean(int... terms) {
    return affine(sum(terms), 1.0 / terms.length, 0);
  }

  /** The sum of products of the first {@code count} nodes of both arrays. */
  int dot(int[] left, int[] right, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[left[i]] * values[right[i]];
    }
    int node = input(sum);
    for (int i = 0; i < count; i++) {
      edge(left[i], values[right[i]]);
      edge(right[i], values[left[i]]);
    }
    return node;
  }

  int exp(int x) {
    double value = Math.exp(values[x]);
    return unary(x, value, value);
  }

  int log(int x) {
    return unary(x, Math.log(values[x]), 1 / values[x]);
  }

  int power(int x, double exponent) {
    return unary(x, Math.pow(values[x], exponent), exponent * Math.pow(values[x], exponent - 1));
  }

  /** x above zero, slope * x below. */
  int leaky(int x, double slope) {
    double factor = values[x] > 0 ? 1 : slope;
    return unary(x, factor * values[x], factor);
  }

  int softplus(int x) {
    double sigmoid = 1 / (1 + Math.exp(-values[x]));
    return unary(x, Math.max(values[x], 0) + Math.log1p(Math.exp(-Math.abs(values[x]))), sigmoid);
  }

  /** The first of the largest. */
  int max(int... candidates) {
    int winner = candidates[0];
    for (int candidate : candidates) {
      if (values[candidate] > values[winner]) {
        winner = candidate;
      }
    }
    return winner;
  }

  /** Derivatives of the root with respect to every node. */
  double[] gradient(int root) {
    double[] gradient = new double[nodes];
    gradient[root] = 1;
    for (int node = root; node >= 0; node--) {
      if (gradient[node] != 0) {
        for (int e = edgeStarts[node]; e < edgeStarts[node + 1]; e++) {
          gradient[parents[e]] += gradient[node] * partials[e];
        }
      }
    }
    return gradient;
  }
}
