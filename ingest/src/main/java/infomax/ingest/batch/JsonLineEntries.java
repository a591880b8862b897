package infomax.ingest.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import infomax.events.Json;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lines of JSON: {@code {"id": "a", "image": "<base64>", "metadata": {...}}} stores, {@code {"id":
 * "a", "delete": true}} deletes. Empty lines are passed over.
 */
final class JsonLineEntries implements Entries {

  /** Base64 takes four characters for three bytes; the rest is for id and metadata. */
  private static final int LINE_BYTES_MAX = ImageIntake.BYTES_MAX / 3 * 4 + 128 * 1024;

  private final InputStream body;
  private final Making making;
  private long number = -1;

  JsonLineEntries(InputStream body, Making making) {
    this.body = new BufferedInputStream(body, 64 * 1024);
    this.making = making;
  }

  @Override
  public Optional<Entry> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int read = body.read();
      if (read != '\n' && read >= 0) {
        // A line that is too long is passed over to its end.
        if (line.size() <= LINE_BYTES_MAX) {
          line.write(read);
        }
        continue;
      }
      String name = Long.toString(++number);
      if (line.size() > LINE_BYTES_MAX) {
        return Optional.of(Entries.tooManyBytes(name));
      }
      byte[] json = line.toByteArray();
      if (!new String(json, 0, Math.min(64, json.length), java.nio.charset.StandardCharsets.UTF_8)
          .isBlank()) {
        return Optional.of(entry(name, json));
      }
      if (read < 0) {
        return Optional.empty();
      }
      line.reset();
    }
  }

  private Entry entry(String name, byte[] json) {
    try (JsonParser parser = Json.mapper().createParser(json)) {
      return entry(name, parser);
    } catch (IOException | IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return unreadable(name, message.substring(0, Math.min(300, message.length())));
    }
  }

  private Entry entry(String name, JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("the line is no JSON object");
    }
    @Nullable String id = null;
    byte @Nullable [] image = null;
    byte @Nullable [] metadata = null;
    boolean delete = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "id" -> id = parser.getText();
        case "image" -> image = parser.getBinaryValue();
        case "metadata" -> metadata = Json.write(parser.readValueAsTree());
        case "delete" -> delete = parser.getBooleanValue();
        default ->
            throw new IllegalArgumentException(
                "field '" + field + "', expected id, image, metadata or delete");
      }
    }
    if (delete == (image != null)) {
      throw new IllegalArgumentException(
          "the line has " + (delete ? "both" : "neither") + " image and delete, expected one");
    }
    return making.entry(name, id, image, metadata);
  }

  private static Entry unreadable(String name, String message) {
    return new Entry.Unreadable(name, new Rejection(RejectionReason.INVALID_RECORD, message));
  }
}
