package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Positions;
import infomax.events.Token;
import infomax.events.image.DeadLetter;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HeldLettersTest {

  private final HeldLetters held = new HeldLetters();

  @Test
  void keepsWhatTheOldLeaderHadNotComeTo() {
    DeadLetter passed = letter(9, 1);
    DeadLetter next = letter(10, 1);
    held.add(passed);
    held.add(next);
    assertThat(held.takeFrom(Positions.ofOffsets(Map.of(0, 10L)))).containsExactly(next);
    assertThat(held.takeFrom(Positions.START)).isEmpty();
  }

  @Test
  void isBoundedInNumberAndBytes() {
    for (int offset = 0; offset < 1_500; offset++) {
      held.add(letter(offset, 1));
    }
    assertThat(held.takeFrom(Positions.START)).hasSize(1_000);
    for (int offset = 0; offset < 20; offset++) {
      held.add(letter(offset, 1024 * 1024));
    }
    assertThat(held.takeFrom(Positions.START))
        .hasSize(16)
        .last()
        .satisfies(letter -> assertThat(letter.origin().offset()).isEqualTo(19));
  }

  private static DeadLetter letter(long offset, int bytes) {
    return new DeadLetter(
        null,
        new byte[bytes],
        "indexer",
        new Rejection(RejectionReason.UNDECODABLE, "test"),
        new Token("images", 0, offset));
  }
}
