package infomax.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import infomax.events.Digest;
import infomax.imaging.EncoderPixels;
import infomax.testing.TinyEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class EncoderTest {

  private static final int SIZE = 8;
  private static final int DIMENSIONS = 5;
  private static final byte[] ONNX = TinyEncoder.onnx(SIZE, DIMENSIONS, 42);

  @Test
  void embedsTheSameAloneInABatchAndAcrossBatches() {
    List<EncoderPixels> images = images(2 * Encoder.BATCH_MAX + 3, 1);
    try (Encoder encoder = open(ONNX)) {
      List<Embedding> together = encoder.embed(images);
      assertThat(together).hasSize(images.size());
      for (int ordinal : new int[] {0, 1, Encoder.BATCH_MAX, images.size() - 1}) {
        float[] alone = encoder.embed(images.get(ordinal)).components();
        assertThat(together.get(ordinal).components()).containsExactly(alone, within(1e-5f));
      }
    }
  }

  @Test
  void unitVectorHasTheDirectionAndLengthOne() {
    try (Encoder encoder = open(ONNX)) {
      Embedding embedding = encoder.embed(images(1, 2).getFirst());
      float[] unit = embedding.unit();
      double length = 0;
      for (int ordinal = 0; ordinal < DIMENSIONS; ordinal++) {
        length += (double) unit[ordinal] * unit[ordinal];
        assertThat(unit[ordinal] * embedding.norm())
            .isCloseTo(embedding.components()[ordinal], within(1e-6));
      }
      assertThat(Math.sqrt(length)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void aWishForCudaIsMetByTheProcessorWhereThereIsNone() {
    assumeThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA);
    EncoderPixels image = images(1, 3).getFirst();
    try (Encoder onProcessor = open(ONNX)) {
      for (EncoderDevice device : EncoderDevice.values()) {
        try (Encoder encoder =
            Encoder.open(
                ONNX, Digest.of(ONNX), SIZE, DIMENSIONS, new Encoder.Execution(device, 1))) {
          assertThat(encoder.device()).isEqualTo("cpu");
          assertThat(encoder.embed(image).components())
              .isEqualTo(onProcessor.embed(image).components());
        }
      }
    }
  }

  @Test
  void refusesAFileWithAnotherDigest() {
    byte[] changed = ONNX.clone();
    changed[changed.length / 2] ^= 1;
    assertThatThrownBy(() -> Encoder.open(changed, Digest.of(ONNX), SIZE, DIMENSIONS, 1))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining("expected " + Digest.of(ONNX));
  }

  @Test
  void refusesOtherShapesAndBrokenNumbers() {
    assertThatThrownBy(() -> Encoder.open(ONNX, Digest.of(ONNX), SIZE + 1, DIMENSIONS, 1))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining("pixels");
    assertThatThrownBy(() -> Encoder.open(ONNX, Digest.of(ONNX), SIZE, DIMENSIONS + 1, 1))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining("embedding");
    byte[] broken = TinyEncoder.broken(SIZE, DIMENSIONS);
    assertThatThrownBy(() -> open(broken))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining("not finite");
    byte[] text = "not a graph".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThatThrownBy(() -> open(text)).isInstanceOf(EncoderException.class);
  }

  @Test
  void refusesImagesOfAnotherSizeAndGoesOn() {
    try (Encoder encoder = open(ONNX)) {
      EncoderPixels larger = EncoderPixels.ofBytes(SIZE + 1, new byte[3 * (SIZE + 1) * (SIZE + 1)]);
      assertThatIllegalArgumentException().isThrownBy(() -> encoder.embed(larger));
      assertThat(encoder.embed(images(1, 3))).hasSize(1);
    }
  }

  @Test
  void closesWhileInUseAndRefusesLaterCalls() throws Exception {
    Encoder encoder = open(ONNX);
    List<EncoderPixels> images = images(64, 4);
    CountDownLatch started = new CountDownLatch(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        runs.add(
            threads.submit(
                () -> {
                  int calls = 0;
                  try {
                    while (true) {
                      encoder.embed(images);
                      calls++;
                      if (calls == 1) {
                        started.countDown();
                      }
                    }
                  } catch (EncoderException e) {
                    assertThat(e).hasMessageContaining("closed");
                    return calls;
                  }
                }));
      }
      started.await();
      encoder.close();
      encoder.close();
      for (Future<Integer> run : runs) {
        assertThat(run.get()).isPositive();
      }
    }
  }

  private static Encoder open(byte[] onnx) {
    return Encoder.open(onnx, Digest.of(onnx), SIZE, DIMENSIONS, 1);
  }

  private static List<EncoderPixels> images(int count, long seed) {
    Random random = new Random(seed);
    List<EncoderPixels> images = new ArrayList<>();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      byte[] bytes = new byte[3 * SIZE * SIZE];
      random.nextBytes(bytes);
      images.add(EncoderPixels.ofBytes(SIZE, bytes));
    }
    return images;
  }
}
