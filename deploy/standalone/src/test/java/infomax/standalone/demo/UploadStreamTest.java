package infomax.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadStreamTest {

  private static final long SEED = 5;

  @TempDir Path folder;

  @Test
  void aFiniteSourceBeginsAnewAfterItsLast() throws IOException {
    for (int taken = 0; taken <= 10; taken++) {
      try (LoopedImages images = LoopedImages.openAfter(taken, () -> new Finite(3, new byte[0]))) {
        assertThat(images.next().id().value())
            .as("after %d", taken)
            .isEqualTo("image/" + taken % 3);
        assertThat(images.isFirstPass()).as("after %d", taken).isEqualTo(taken < 3);
      }
    }
  }

  @Test
  void ofAFolderThatIsSentAgainAndAgainNoMoreIsDeletedThanOfItsFirstPass() throws Exception {
    byte[] bytes;
    try (ImageSource generated = generated(0)) {
      bytes = generated.next().orElseThrow().bytes();
    }
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    // A length that the numbers of deletes do not divide: in every pass another image's turn came.
    long count = 1_501;
    long sent = 4 * count;
    Path state = folder.resolve("stream.json");
    UploadStream.Options options = new UploadStream.Options(sent, 1e9, sent, SEED, state);
    try (UploadStream stream =
        UploadStream.start(producer, () -> new Finite((int) count, bytes), options, _ -> true)) {
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(stream::isExhausted);
    }
    assertThat(
            producer.history().stream()
                .filter(upload -> upload.value() == null)
                .map(upload -> ImageId.of(upload.key()).value()))
        .containsExactly("image/499", "image/1499");
  }

  @Test
  void whatWasGeneratedBeforeIsNotGeneratedAgain() throws IOException {
    long taken = 5_000_000_000L;
    try (ImageSource expected = generated(taken);
        ImageSource skipped = generated(taken - 3)) {
      for (int image = 0; image < 3; image++) {
        assertThat(skipped.skip()).isTrue();
      }
      SourceImage next = skipped.next().orElseThrow();
      SourceImage same = expected.next().orElseThrow();
      assertThat(next.id()).isEqualTo(same.id());
      assertThat(next.bytes()).isEqualTo(same.bytes());
    }
  }

  private static ImageSource generated(long from) {
    return new GeneratedImages(SEED, 20_000, Long.MAX_VALUE, from);
  }

  /** So many images, each with the same bytes. */
  private static final class Finite implements ImageSource {
    private final Iterator<Integer> numbers;
    private final byte[] bytes;

    Finite(int count, byte[] bytes) {
      this.bytes = bytes;
      List<Integer> all = IntStream.range(0, count).boxed().toList();
      this.numbers = all.iterator();
    }

    @Override
    public Optional<SourceImage> next() {
      return numbers.hasNext()
          ? Optional.of(new SourceImage(new ImageId("image/" + numbers.next()), "label", bytes))
          : Optional.empty();
    }

    @Override
    public String description() {
      return "images of this test";
    }

    @Override
    public void close() {}
  }
}
