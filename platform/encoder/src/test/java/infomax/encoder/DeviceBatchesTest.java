package infomax.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import infomax.imaging.EncoderPixels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What happens on a device with little memory: a device that really has little is rarely at hand.
 */
class DeviceBatchesTest {

  private static final int IMAGES = 600;

  @Test
  void aDeviceWithoutRoomForABatchGetsSmallerOnesFromThenOn() throws Exception {
    SmallDevice device = new SmallDevice(100);
    DeviceBatches batches =
        new DeviceBatches(
            device,
            () -> {
              throw new AssertionError("the device suffices");
            });
    assertThat(order(batches.run(images()))).isEqualTo(order(0, IMAGES));
    // 256 and 128 were too many once; what fits is kept.
    assertThat(device.ran.stream().mapToInt(Integer::intValue).max()).hasValue(64);
    assertThat(device.refused).containsExactly(256, 128);
    batches.run(images());
    assertThat(device.refused).hasSize(2);
    assertThat(batches.device()).isEqualTo("cuda");
  }

  @Test
  void aDeviceWithoutRoomForOneImageIsLeftForTheProcessor() throws Exception {
    SmallDevice device = new SmallDevice(0);
    SmallDevice processor = new SmallDevice(Integer.MAX_VALUE);
    DeviceBatches batches = new DeviceBatches(device, () -> processor);
    assertThat(order(batches.run(images()))).isEqualTo(order(0, IMAGES));
    assertThat(device.ran).isEmpty();
    assertThat(processor.ran).containsExactly(256, 256, 88);
    batches.close();
    assertThat(device.closed).isTrue();
    assertThat(processor.closed).isTrue();
  }

  @Test
  void otherFailuresAreTold() {
    Graph failing =
        new Graph() {
          @Override
          public String device() {
            return "cuda";
          }

          @Override
          public List<Embedding> run(List<EncoderPixels> images) throws OrtException {
            throw new OrtException("no kernel image is available");
          }

          @Override
          public void close() {}
        };
    DeviceBatches batches = new DeviceBatches(failing, () -> failing);
    assertThatThrownBy(() -> batches.run(images())).hasMessage("no kernel image is available");
  }

  private static List<EncoderPixels> images() {
    List<EncoderPixels> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(EncoderPixels.ofBytes(1, new byte[] {(byte) (i >> 8), (byte) i, 0}));
    }
    return images;
  }

  private static List<Integer> order(List<Embedding> embeddings) {
    return embeddings.stream().map(embedding -> (int) embedding.components()[0]).toList();
  }

  private static List<Integer> order(int from, int to) {
    List<Integer> order = new ArrayList<>();
    for (int i = from; i < to; i++) {
      order.add(i);
    }
    return order;
  }

  /** Embeds an image as its number. */
  private static final class SmallDevice implements Graph {
    private final int room;
    private final List<Integer> ran = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private boolean closed;

    SmallDevice(int room) {
      this.room = room;
    }

    @Override
    public String device() {
      return "cuda";
    }

    @Override
    public List<Embedding> run(List<EncoderPixels> images) throws OrtException {
      if (images.size() > room) {
        refused.add(images.size());
        throw new OrtException("CUDA failure 2: out of memory");
      }
      ran.add(images.size());
      return images.stream()
          .map(EncoderPixels::bytes)
          .map(
              bytes -> Embedding.owning(new float[] {((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff)}))
          .toList();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
