package infomax.trainer.engine;

import infomax.trainer.network.Critics;
import infomax.trainer.network.NetworkShape;
import infomax.trainer.network.NormStatistics;
import infomax.trainer.network.ParameterLayout;
import infomax.trainer.network.ParameterTensor;
import infomax.trainer.network.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Twenty training steps recorded from an independent implementation: same images, weights, noise
 * and permutations in; losses, gradients and updated weights out. The folder's README describes the
 * files.
 */
final class RecordedSteps {

  static final int STEPS = 20;
  static final int IMAGES = 64;
  private static final NetworkShape SHAPE = NetworkShape.of(32);
  private static final Map<String, String> NAMES = Map.of("g.", "global.", "l.", "local.");

  private final Path folder;

  RecordedSteps(Path folder) {
    this.folder = folder;
  }

  Weights initial() throws IOException {
    ParameterLayout layout = ParameterLayout.of(SHAPE, new Critics.Mlp(256));
    return Weights.of(layout, flat("params0.bin"), NormStatistics.initial(SHAPE));
  }

  byte[] pixels(int step) throws IOException {
    int length = IMAGES * SHAPE.imageBytes();
    return Arrays.copyOfRange(
        Files.readAllBytes(folder.resolve("images.u8")), step * length, (step + 1) * length);
  }

  StepRandomness randomness(int step) throws IOException {
    int noise = IMAGES * SHAPE.dimensions();
    float[] u = Arrays.copyOfRange(floats("u.bin"), step * noise, (step + 1) * noise);
    return StepRandomness.of(u, permutation("p1.bin", step), permutation("p2.bin", step));
  }

  /** Total, global, local, prior. */
  float[] losses(int step) throws IOException {
    return Arrays.copyOfRange(floats("losses.bin"), 4 * step, 4 * step + 4);
  }

  /** A recorded file of parameters or gradients in our layout, without the convolutions' biases. */
  float[] flat(String file) throws IOException {
    ParameterLayout layout = ParameterLayout.of(SHAPE, new Critics.Mlp(256));
    Map<String, float[]> recorded = read(file);
    float[] flat = new float[layout.size()];
    for (ParameterTensor tensor : layout.tensors()) {
      String name = recordedName(tensor.name());
      float[] values = recorded.get(name);
      if (values == null) {
        throw new IOException(
            "no tensor %s in %s, expected a recorded step".formatted(name, folder.resolve(file)));
      }
      List<Integer> shape = tensor.shape();
      float[] ours =
          switch (shape.size()) {
            case 1 -> values;
            case 2 -> transposed(values, shape.get(0), shape.get(1));
            default -> rowsColumnsInOut(values, shape.get(2), shape.get(3));
          };
      System.arraycopy(ours, 0, flat, tensor.offset(), ours.length);
    }
    return flat;
  }

  private static String recordedName(String name) {
    for (Map.Entry<String, String> entry : NAMES.entrySet()) {
      if (name.startsWith(entry.getValue())) {
        return entry.getKey() + name.substring(entry.getValue().length());
      }
    }
    return name;
  }

  private Map<String, float[]> read(String file) throws IOException {
    float[] all = floats(file);
    Map<String, float[]> tensors = new LinkedHashMap<>();
    int start = 0;
    for (String line : Files.readAllLines(folder.resolve("params.txt"))) {
      String[] parts = line.strip().split(" ", -1);
      int size =
          Arrays.stream(parts[1].split("x", -1))
              .mapToInt(Integer::parseInt)
              .reduce(1, (a, b) -> a * b);
      tensors.put(parts[0], Arrays.copyOfRange(all, start, start + size));
      start += size;
    }
    return tensors;
  }

  private static float[] transposed(float[] outIn, int in, int out) {
    float[] inOut = new float[outIn.length];
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        inOut[i * out + o] = outIn[o * in + i];
      }
    }
    return inOut;
  }

  private static float[] rowsColumnsInOut(float[] outInRowsColumns, int in, int out) {
    float[] ours = new float[outInRowsColumns.length];
    for (int k = 0; k < 9; k++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          ours[(k * in + i) * out + o] = outInRowsColumns[(o * in + i) * 9 + k];
        }
      }
    }
    return ours;
  }

  private int[] permutation(String file, int step) throws IOException {
    int[] all = new int[STEPS * IMAGES];
    bytes(file).asIntBuffer().get(all);
    return Arrays.copyOfRange(all, step * IMAGES, (step + 1) * IMAGES);
  }

  /** The values of a file of single-precision numbers. */
  float[] floats(String file) throws IOException {
    ByteBuffer bytes = bytes(file);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private ByteBuffer bytes(String file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
  }
}
