package infomax.trainer.onednn;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A 3x3 convolution, stride 1, same padding, whose products are of bfloat16 values and summed in
 * single precision; what it reads and writes is single precision. To be made and run by one thread.
 */
public final class Bfloat16Convolution {

  private static final int FORWARD_TRAINING = 64;
  private static final int DIRECT = 1;
  private static final int QUERY_WEIGHTS = 131;
  private static final int QUERY_WEIGHTS_GRADIENT = 132;
  private static final int KERNEL = 3;

  private final List<Primitive> forward = new ArrayList<>();
  private final List<Primitive> backward = new ArrayList<>();

  /**
   * Where a convolution's values lie, all single precision.
   *
   * @param images how many
   * @param side height and width
   * @param inputs channels read
   * @param outputs channels written
   * @param in (image, y, x, input)
   * @param inGradient the same, written backward; {@link MemorySegment#NULL} if nobody wants it
   * @param weights (y, x, input, output)
   * @param weightGradient the same, overwritten backward
   * @param out (image, y, x, output), written forward; holds its own gradient backward
   */
  public record Wiring(
      int images,
      int side,
      int inputs,
      int outputs,
      MemorySegment in,
      MemorySegment inGradient,
      MemorySegment weights,
      MemorySegment weightGradient,
      MemorySegment out) {}

  /** Makes everything a step needs. */
  public Bfloat16Convolution(Primitives primitives, Wiring wiring) {
    OneDnn library = primitives.library();
    MemorySegment engine = library.engine();
    MemorySegment ones = primitives.arena().allocateFrom(JAVA_LONG, 1, 1);
    MemorySegment zeros = primitives.arena().allocateFrom(JAVA_LONG, 0, 0);
    MemorySegment none = MemorySegment.NULL;
    long[] ofIn = {wiring.images, wiring.inputs, wiring.side, wiring.side};
    long[] ofOut = {wiring.images, wiring.outputs, wiring.side, wiring.side};
    long[] ofWeights = {wiring.outputs, wiring.inputs, KERNEL, KERNEL};

    Tensor in = primitives.tensor(ElementType.FLOAT32, Layout.NHWC, wiring.in, ofIn);
    Tensor narrowIn = primitives.tensor(ElementType.BFLOAT16, Layout.NHWC, ofIn);
    Tensor out = primitives.tensor(ElementType.FLOAT32, Layout.NHWC, wiring.out, ofOut);
    Tensor weights = primitives.tensor(ElementType.FLOAT32, Layout.HWIO, wiring.weights, ofWeights);
    MemorySegment anyWeights = primitives.description(ElementType.BFLOAT16, Layout.ANY, ofWeights);
    MemorySegment forwardPlan =
        primitives.plan(
            handle ->
                (int)
                    library.forwardPlan.invokeExact(
                        handle,
                        engine,
                        FORWARD_TRAINING,
                        DIRECT,
                        narrowIn.description(),
                        anyWeights,
                        none,
                        out.description(),
                        ones,
                        zeros,
                        ones,
                        ones,
                        none),
            "convolution_forward");
    Tensor forwardWeights = primitives.tensor(primitives.chosen(forwardPlan, QUERY_WEIGHTS));
    forward.add(primitives.reorder(in, narrowIn));
    forward.add(primitives.reorder(weights, forwardWeights));
    forward.add(
        primitives.primitive(
            forwardPlan,
            new Argument(Argument.SOURCE, narrowIn),
            new Argument(Argument.WEIGHTS, forwardWeights),
            new Argument(Argument.DESTINATION, out)));

    Tensor narrowGradient = primitives.tensor(ElementType.BFLOAT16, Layout.NHWC, ofOut);
    backward.add(primitives.reorder(out, narrowGradient));

    if (wiring.inGradient.address() != 0) {
      Tensor inGradient =
          primitives.tensor(ElementType.FLOAT32, Layout.NHWC, wiring.inGradient, ofIn);
      MemorySegment plan =
          primitives.plan(
              handle ->
                  (int)
                      library.backwardDataPlan.invokeExact(
                          handle,
                          engine,
                          DIRECT,
                          inGradient.description(),
                          anyWeights,
                          narrowGradient.description(),
                          ones,
                          zeros,
                          ones,
                          ones,
                          forwardPlan,
                          none),
              "convolution_backward_data");
      MemorySegment wanted = primitives.chosen(plan, QUERY_WEIGHTS);
      Tensor backwardWeights = forwardWeights;
      if (!primitives.same(wanted, forwardWeights.description())) {
        backwardWeights = primitives.tensor(wanted);
        backward.add(primitives.reorder(weights, backwardWeights));
      }
      backward.add(
          primitives.primitive(
              plan,
              new Argument(Argument.DESTINATION_GRADIENT, narrowGradient),
              new Argument(Argument.WEIGHTS, backwardWeights),
              new Argument(Argument.SOURCE_GRADIENT, inGradient)));
    }

    MemorySegment anyWeightGradient =
        primitives.description(ElementType.FLOAT32, Layout.ANY, ofWeights);
    MemorySegment plan =
        primitives.plan(
            handle ->
                (int)
                    library.backwardWeightsPlan.invokeExact(
                        handle,
                        engine,
                        DIRECT,
                        narrowIn.description(),
                        anyWeightGradient,
                        none,
                        narrowGradient.description(),
                        ones,
                        zeros,
                        ones,
                        ones,
                        forwardPlan,
                        none),
            "convolution_backward_weights");
    Tensor weightGradient =
        primitives.tensor(ElementType.FLOAT32, Layout.HWIO, wiring.weightGradient, ofWeights);
    MemorySegment wanted = primitives.chosen(plan, QUERY_WEIGHTS_GRADIENT);
    boolean direct = primitives.same(wanted, weightGradient.description());
    Tensor written = direct ? weightGradient : primitives.tensor(wanted);
    backward.add(
        primitives.primitive(
            plan,
            new Argument(Argument.SOURCE, narrowIn),
            new Argument(Argument.DESTINATION_GRADIENT, narrowGradient),
            new Argument(Argument.WEIGHTS_GRADIENT, written)));
    if (!direct) {
      backward.add(primitives.reorder(written, weightGradient));
    }
  }

  /** Writes the output. */
  public void forward() {
    forward.forEach(Primitive::run);
  }

  /**
   * Reads the gradient that has replaced the output; writes that of the weights and, if wanted, of
   * the input. The input is the one of the last {@link #forward}.
   */
  public void backward() {
    backward.forEach(Primitive::run);
  }
}
