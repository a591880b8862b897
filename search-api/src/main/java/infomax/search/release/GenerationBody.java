package infomax.search.release;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import infomax.events.control.IndexGeneration;
import java.time.Instant;

/**
 * A generation as it is shown.
 *
 * @param generation its members stand beside the rest
 * @param since when it entered its state
 * @param reason why it entered its state
 */
record GenerationBody(@JsonUnwrapped IndexGeneration generation, Instant since, String reason) {

  static GenerationBody of(IndexGeneration generation) {
    return new GenerationBody(generation, generation.since(), generation.reason());
  }
}
