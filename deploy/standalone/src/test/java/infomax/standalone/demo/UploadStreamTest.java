package infomax.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.ImageId;
import infomax.standalone.demo.image.GeneratedImages;
import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UploadStreamTest {

  private static final long SEED = 5;

  @Test
  void aFiniteSourceBeginsAnewAfterItsLast() throws IOException {
    for (int taken = 0; taken <= 10; taken++) {
      try (ImageSource source = UploadStream.openAfter(taken, () -> new Finite(3))) {
        // Whoever finds the end opens it anew, as the stream does, and is given its first.
        assertThat(source.next().map(image -> image.id().value()).orElse("image/0"))
            .as("after %d", taken)
            .isEqualTo("image/" + taken % 3);
      }
    }
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

  /** So many images, each without bytes. */
  private static final class Finite implements ImageSource {
    private final Iterator<Integer> numbers;

    Finite(int count) {
      List<Integer> all = IntStream.range(0, count).boxed().toList();
      this.numbers = all.iterator();
    }

    @Override
    public Optional<SourceImage> next() {
      return numbers.hasNext()
          ? Optional.of(
              new SourceImage(new ImageId("image/" + numbers.next()), "label", new byte[0]))
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
