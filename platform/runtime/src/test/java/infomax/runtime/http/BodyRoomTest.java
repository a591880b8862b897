package infomax.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BodyRoomTest {

  private static final long MEBIBYTE = 1L << 20;

  @Test
  void whoFindsNoRoomIsToldAtOnceAndWhoComesAgainFindsIt() {
    BodyRoom room = new BodyRoom(10 * MEBIBYTE);
    BodyRoom.Place first = room.take(6 * MEBIBYTE);
    BodyRoom.Place second = room.take(4 * MEBIBYTE);
    assertThatThrownBy(() -> room.take(0))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(503);
              assertThat(problem.code()).isEqualTo("busy");
            });
    second.close();
    assertThatThrownBy(() -> room.take(5 * MEBIBYTE)).isInstanceOf(Problem.class);
    room.take(4 * MEBIBYTE).close();
    first.close();
    room.take(1000 * MEBIBYTE).close();
  }
}
