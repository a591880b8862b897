package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** {@code /v1/status} for people: what answers, what is on its way, and how fresh it is. */
final class StatusText {

  private StatusText() {}

  static void print(JsonNode status) {
    serving(status.path("serving"));
    JsonNode paused = status.path("paused");
    if (paused.isObject()) {
      line(
          "indexing is paused since %s by %s: %s",
          text(paused, "since"), text(paused, "who"), text(paused, "why"));
    }
    JsonNode waiting = status.path("waiting");
    if (waiting.isObject()) {
      line("waiting: generation %s, %s", text(waiting, "generation"), text(waiting, "reason"));
    }
    JsonNode freshness = status.path("freshness");
    if (freshness.path("medianMillis").isNumber()) {
      line(
          "freshness in the last minute: median %s ms, highest %s ms, of %s publications",
          text(freshness, "medianMillis"),
          text(freshness, "maxMillis"),
          text(freshness, "samples"));
    }
    JsonNode rates = status.path("rates");
    line(
        "%.1f images/s indexed, %.1f queries/s answered",
        rates.path("imagesPerSecond").asDouble(), rates.path("queriesPerSecond").asDouble());
    roll(status.path("roll"));
    training(status.path("training"));
    line(
        "%d encoders, %,d images rejected, %d requests open",
        status.path("encoders").asInt(),
        status.path("rejected").asLong(),
        status.path("requestsOpen").asInt());
    if (status.path("automaticRolls").isBoolean()) {
      line(
          "automatic rolls are %s, %s",
          status.path("automaticRolls").asBoolean() ? "on" : "off",
          status.path("previous").isNumber()
              ? "a rollback goes to generation " + text(status, "previous")
              : "there is nothing to roll back to");
    }
  }

  private static void serving(JsonNode serving) {
    if (!serving.isObject()) {
      line("nothing is live yet");
      return;
    }
    line(
        "generation %s answers: encoder %s (%s), %,d images, lag %s",
        text(serving, "generation"),
        text(serving.path("encoder"), "version"),
        text(serving.path("encoder"), "verdict"),
        serving.path("images").asLong(),
        serving.path("lag").isNumber() ? text(serving, "lag") : "unknown");
  }

  private static void roll(JsonNode roll) {
    if (roll.isObject()) {
      line(
          "roll: generation %s with encoder %s is %s, %,d of %,d images: %s",
          text(roll, "generation"),
          text(roll, "encoder"),
          text(roll, "state"),
          roll.path("images").asLong(),
          roll.path("ofImages").asLong(),
          roll.path("waitsFor").isTextual() ? text(roll, "waitsFor") : text(roll, "reason"));
    }
  }

  private static void training(JsonNode training) {
    if (training.isObject()) {
      line(
          "training %s: %s, step %,d of %,d, %.0f images/s, %.0f s left",
          text(training, "request"),
          text(training, "phase"),
          training.path("step").asLong(),
          training.path("steps").asLong(),
          training.path("imagesPerSecond").asDouble(),
          training.path("secondsLeft").asDouble());
    }
  }

  private static String text(JsonNode object, String member) {
    return object.path(member).asText();
  }

  private static void line(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
