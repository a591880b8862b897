package infomax.search.query;

import infomax.events.Token;
import java.time.Duration;
import java.util.List;

/**
 * Writes an answer has to include.
 *
 * @param tokens where they went
 * @param timeout how long to wait for them
 */
record Consistency(List<Token> tokens, Duration timeout) {

  static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(5);
  static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);
  static final int TOKENS_MAX = 1000;
  static final Consistency NONE = new Consistency(List.of(), TIMEOUT_DEFAULT);

  Consistency {
    tokens = List.copyOf(tokens);
  }
}
