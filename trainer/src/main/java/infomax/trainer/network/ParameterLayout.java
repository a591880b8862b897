package infomax.trainer.network;

import infomax.trainer.network.ParameterTensor.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where every trained parameter lies in one flat float buffer. Immutable.
 *
 * <p>Tensors follow one another without gaps, the encoder's first:
 *
 * <ul>
 *   <li>{@code conv<i>.w} (3, 3, in, out): kernel row, kernel column, input channel, output channel
 *       ("YXIO"; ONNX wants (out, in, row, column)); {@code bn<i>.g} (out) scale; {@code bn<i>.b}
 *       (out) shift. There is no convolution bias: the normalisation after it would cancel it.
 *   <li>{@code pool.w} (z, 1): where attention pools, what scores a location.
 *   <li>{@code mean.w} (z, z) as (in, out), {@code mean.b} (z); {@code logvar.w}, {@code logvar.b}.
 *   <li>MLP critics, {@code t} being {@code global}, {@code local} and, where there are such
 *       critics, {@code within} and {@code earlier}: {@code t.d1.w} (left + right, width), whose
 *       first rows read the left side and whose last rows read the right one; {@code t.d1.b};
 *       {@code t.d2.w} (width, width), {@code t.d2.b}; {@code t.d3.w}, {@code t.d3.b}; {@code
 *       t.d4.w} (width, 1), {@code t.d4.b} (1).
 *   <li>Projection critics: {@code t.left.d1.w} (left, hidden), {@code t.left.d1.b}, {@code
 *       t.left.d2.w} (hidden, output), {@code t.left.d2.b} read the left side; {@code t.right.*}
 *       likewise read the right one.
 * </ul>
 *
 * <p>The left side is z, or a location of C (within): z values each. The right side has z values
 * too, but for the whole of C (global, where it is compared) 16 z, row by row, and for a location
 * of the map before C (earlier) z / 2.
 */
public final class ParameterLayout {

  private final NetworkShape shape;
  private final Critics critics;
  private final CriticSides sides;
  private final List<ParameterTensor> tensors;
  private final Map<String, ParameterTensor> byName;
  private final int encoderSize;

  private ParameterLayout(
      NetworkShape shape,
      Critics critics,
      CriticSides sides,
      List<ParameterTensor> tensors,
      int encoderSize) {
    this.shape = shape;
    this.critics = critics;
    this.sides = sides;
    this.tensors = List.copyOf(tensors);
    this.byName = new HashMap<>();
    for (ParameterTensor tensor : tensors) {
      byName.put(tensor.name(), tensor);
    }
    this.encoderSize = encoderSize;
  }

  /** The layout of an encoder and the usual two critics. */
  public static ParameterLayout of(NetworkShape shape, Critics critics) {
    return of(shape, critics, CriticSides.USUAL);
  }

  /** The layout of an encoder and its critics. */
  public static ParameterLayout of(NetworkShape shape, Critics critics, CriticSides sides) {
    Builder builder = new Builder();
    int z = shape.dimensions();
    for (Convolution convolution : shape.convolutions()) {
      int i = convolution.ordinal();
      int out = convolution.outputChannels();
      int kernel = Convolution.KERNEL;
      builder.add("conv" + i + ".w", Kind.WEIGHT, kernel, kernel, convolution.inputChannels(), out);
      builder.add("bn" + i + ".g", Kind.SCALE, out);
      builder.add("bn" + i + ".b", Kind.BIAS, out);
    }
    if (shape.pooling() == Pooling.ATTENTION) {
      builder.add("pool.w", Kind.WEIGHT, z, 1);
    }
    builder.dense("mean", z, z);
    builder.dense("logvar", z, z);
    int encoderSize = builder.end;
    if (critics instanceof Critics.Decoder(int width)) {
      builder.dense("global.d1", z, width);
      builder.dense("global.d2", width, shape.imageBytes());
    } else {
      boolean wholeMap = sides.global() == CriticSides.Global.FEATURE_MAP;
      builder.critic("global", critics, z, wholeMap ? shape.locations() * z : z);
      builder.critic("local", critics, z, z);
      if (sides.within()) {
        builder.critic("within", critics, z, z);
      }
      if (sides.earlier()) {
        builder.critic("earlier", critics, z, shape.earlierChannels());
      }
    }
    return new ParameterLayout(shape, critics, sides, builder.tensors, encoderSize);
  }

  /** The encoder's shape. */
  public NetworkShape shape() {
    return shape;
  }

  /** The critics trained beside it. */
  public Critics critics() {
    return critics;
  }

  /** What the critics look at. */
  public CriticSides sides() {
    return sides;
  }

  /** All tensors in buffer order. */
  public List<ParameterTensor> tensors() {
    return tensors;
  }

  /** Length of the flat buffer, in floats. */
  public int size() {
    return tensors.getLast().end();
  }

  /** Length of the buffer's first part, which holds the encoder alone, in floats. */
  public int encoderSize() {
    return encoderSize;
  }

  /**
   * The tensor of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public ParameterTensor tensor(String name) {
    ParameterTensor tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "parameter '%s', expected one of %s"
              .formatted(name, tensors.stream().map(ParameterTensor::name).toList()));
    }
    return tensor;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ParameterLayout that
        && shape.equals(that.shape)
        && critics.equals(that.critics)
        && sides.equals(that.sides);
  }

  @Override
  public int hashCode() {
    return Objects.hash(shape, critics, sides);
  }

  @Override
  public String toString() {
    return "ParameterLayout[%s, %s, %s, %d floats]".formatted(shape, critics, sides, size());
  }

  private static final class Builder {
    private final List<ParameterTensor> tensors = new ArrayList<>();
    private int end;

    void critic(String term, Critics critics, int left, int right) {
      switch (critics) {
        case Critics.Mlp(int width) -> {
          dense(term + ".d1", left + right, width);
          dense(term + ".d2", width, width);
          dense(term + ".d3", width, width);
          dense(term + ".d4", width, 1);
        }
        case Critics.Projection(int hidden, int output) -> {
          dense(term + ".left.d1", left, hidden);
          dense(term + ".left.d2", hidden, output);
          dense(term + ".right.d1", right, hidden);
          dense(term + ".right.d2", hidden, output);
        }
        case Critics.Decoder _ -> throw new IllegalArgumentException("a decoder compares nothing");
      }
    }

    void dense(String name, int in, int out) {
      add(name + ".w", Kind.WEIGHT, in, out);
      add(name + ".b", Kind.BIAS, out);
    }

    void add(String name, Kind kind, Integer... extents) {
      ParameterTensor tensor = new ParameterTensor(name, end, List.of(extents), kind);
      tensors.add(tensor);
      end = tensor.end();
    }
  }
}
