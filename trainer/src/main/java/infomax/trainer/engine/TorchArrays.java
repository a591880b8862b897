package infomax.trainer.engine;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Arrays of Java to tensors and back, always as copies. Tensors belong to the caller's scope. Safe
 * for use by several threads.
 *
 * @param device where the tensors are
 */
record TorchArrays(TorchDevice device) {

  Tensor floats(float[] values, long... shape) {
    return copy(new FloatPointer(values), ScalarType.Float, shape);
  }

  /** Unsigned bytes. */
  Tensor bytes(byte[] values, long... shape) {
    return copy(new BytePointer(values), ScalarType.Byte, shape);
  }

  /** Row numbers, as index operations take them. */
  Tensor indices(int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return copy(new LongPointer(wide), ScalarType.Long, values.length);
  }

  private Tensor copy(Pointer values, ScalarType scalar, long... shape) {
    Tensor borrowed = torch.from_blob(values, shape, new TensorOptions(scalar));
    return borrowed.to(device.options(scalar), false, true, new MemoryFormatOptional());
  }

  /** The values of a single-precision tensor, row-major. */
  static float[] toArray(Tensor tensor) {
    try (PointerScope _ = new PointerScope()) {
      Tensor here = tensor.detach().cpu().contiguous();
      float[] values = new float[Math.toIntExact(here.numel())];
      here.data_ptr_float().get(values);
      return values;
    }
  }
}
