package infomax.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ImageIdTest {

  @Test
  void countsBytesNotCharacters() {
    assertThat(new ImageId("é".repeat(256)).bytes()).hasSize(512);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageId("é".repeat(257)))
        .withMessage("image id has 514 bytes of UTF-8, expected 1 to 512");
    assertThatIllegalArgumentException().isThrownBy(() -> new ImageId(""));
  }

  @Test
  void refusesWhatIsNotUnicode() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageId.of(new byte[] {(byte) 0xc3, 0x28}))
        .withMessage("image id is not valid UTF-8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageId("\ud800"))
        .withMessage("image id is not valid Unicode");
  }

  @Test
  void theSameBytesGiveTheSameId() {
    Digest digest = Digest.of("pixels".getBytes(StandardCharsets.UTF_8));
    assertThat(ImageId.ofContent(digest)).isEqualTo(ImageId.ofContent(digest));
    assertThat(ImageId.ofContent(digest).value()).startsWith("sha256-").hasSize(7 + 64);
  }

  /** Values computed with Kafka's own Java producer; they must never change. */
  @Test
  void livesInThePartitionKafkaWouldChoose() {
    for (String id : new String[] {"a", "cat/1.jpg", "generated/000123", "é"}) {
      assertThat(new ImageId(id).partition(12))
          .isEqualTo(
              org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
                  id.getBytes(StandardCharsets.UTF_8), 12));
    }
  }
}
