package infomax.trainer.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processor that libtorch computes on, chosen for each training. */
enum TorchDevice {
  CPU(DeviceType.CPU),
  CUDA(DeviceType.CUDA);

  private static final Logger log = LoggerFactory.getLogger(TorchDevice.class);
  private static final int PROBE_SIDE = 32;

  private final DeviceType type;

  TorchDevice(DeviceType type) {
    this.type = type;
  }

  /**
   * Chooses. Libtorch must have been loaded.
   *
   * @throws UnusableTargetException if a GPU was asked for by name and none can be used
   */
  static TorchDevice choose(Device asked) {
    return choose(asked, asked == Device.CPU ? Optional.empty() : Gpu.TROUBLE);
  }

  /**
   * Chooses.
   *
   * @param gpuTrouble why no GPU can be used; empty if one can
   */
  static TorchDevice choose(Device asked, Optional<String> gpuTrouble) {
    if (asked == Device.CUDA && gpuTrouble.isPresent()) {
      throw new UnusableTargetException(
          "device cuda cannot be used: %s; or choose device auto or cpu"
              .formatted(gpuTrouble.get()),
          null);
    }
    return asked == Device.CPU || gpuTrouble.isPresent() ? CPU : CUDA;
  }

  /** The GPU, tried once in a process; the log says what came of it. */
  private static final class Gpu {
    static final Optional<String> TROUBLE = gpuTrouble();

    static {
      log.info(
          "libtorch computes on the {}",
          TROUBLE.map(trouble -> "CPU: " + trouble).orElse("GPU unless told otherwise"));
    }
  }

  /** A GPU fits if it can do what a training step does; how many kinds there are, nobody knows. */
  private static Optional<String> gpuTrouble() {
    if (!torch.hasCUDA()) {
      return Optional.of(
          "this build has libtorch for CPUs alone; type './mvnw -q -Dquick -Dmaven.test.skip"
              + " -Ptorch,gpu package' (fetches 455 MB) and install CUDA 13 with cuDNN 9 to use a GPU");
    }
    if (!torch.cuda_is_available()) {
      return Optional.of(
          "no CUDA GPU, or no driver for CUDA 13 (nvidia-smi shows both); install them to use one");
    }
    try (PointerScope _ = new PointerScope()) {
      Tensor images = torch.ones(new long[] {1, 1, PROBE_SIDE, PROBE_SIDE}, CUDA.floats());
      Tensor kernel = torch.ones(new long[] {1, 1, 3, 3}, CUDA.floats());
      double sum = torch.conv2d(images, kernel).sum().item_double();
      double expected = 9.0 * (PROBE_SIDE - 2) * (PROBE_SIDE - 2);
      return sum == expected
          ? Optional.empty()
          : Optional.of("the GPU's convolution gives %s, expected %s".formatted(sum, expected));
    } catch (RuntimeException e) {
      return Optional.of(
          "the GPU does not fit this libtorch, which wants compute capability 7.5 to 12.1: "
              + e.getMessage());
    }
  }

  /**
   * The precision asked for, or the fastest there is. On a GPU that is single precision until
   * bfloat16 has been measured there.
   *
   * @throws IllegalArgumentException if the CPU does not multiply what is asked for
   */
  Precision precision(Optional<Precision> asked) {
    boolean narrow = this == CUDA || cpuHasBfloat16();
    Precision fastest = this == CPU && narrow ? Precision.BFLOAT16 : Precision.FLOAT32;
    Precision precision = asked.orElse(fastest);
    precision.require(precision == Precision.FLOAT32 || narrow);
    return precision;
  }

  /** As Linux tells; other systems do not, and get single precision. */
  private static boolean cpuHasBfloat16() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo")).contains("bf16");
    } catch (IOException e) {
      return false;
    }
  }

  /** Options of single-precision tensors there. The caller's scope owns them. */
  TensorOptions floats() {
    return options(ScalarType.Float);
  }

  /** Options of tensors there. The caller's scope owns them. */
  TensorOptions options(ScalarType scalar) {
    return new TensorOptions(scalar)
        .device(new DeviceOptional(new org.bytedeco.pytorch.Device(type)));
  }
}
