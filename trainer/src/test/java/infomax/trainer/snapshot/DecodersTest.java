package infomax.trainer.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Every image is decoded, or the whole fails with the first reason. */
class DecodersTest {

  @Test
  void everyImageIsDecodedBeforeItIsFinished() throws Exception {
    AtomicInteger decoded = new AtomicInteger();
    try (Decoders decoders = new Decoders()) {
      for (int image = 0; image < 500; image++) {
        decoders.decode(decoded::incrementAndGet);
      }
      decoders.finish();
    }
    assertThat(decoded).hasValue(500);
  }

  @Test
  void aFailureOfOneIsTheFailureOfAll() throws Exception {
    IOException full = new IOException("no space left");
    try (Decoders decoders = new Decoders()) {
      decoders.decode(() -> {});
      decoders.decode(
          () -> {
            throw new UncheckedIOException(full);
          });
      assertThatThrownBy(decoders::finish)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no space left")
          .hasRootCause(full);
    }
  }

  @Test
  void anErrorIsNotLostEither() throws Exception {
    try (Decoders decoders = new Decoders()) {
      decoders.decode(
          () -> {
            throw new OutOfMemoryError("injected");
          });
      assertThatThrownBy(decoders::finish).hasRootCauseInstanceOf(OutOfMemoryError.class);
    }
  }
}
