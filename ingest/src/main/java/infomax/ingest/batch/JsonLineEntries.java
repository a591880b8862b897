package infomax.ingest.batch;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import infomax.imaging.ImageIntake;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lines of JSON: {@code {"id": "a", "image": "<base64>", "metadata": {...}}} stores, {@code {"id":
 * "a", "delete": true}} deletes. Empty lines are passed over.
 */
final class JsonLineEntries implements Entries {

  private static final int METADATA_BYTES_MAX = 64 * 1024;

  /** Strings other than the image, which is decoded as it comes, are ids or metadata. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(METADATA_BYTES_MAX).build())
          .build();

  private final Line line;
  private final Making making;
  private long number;

  JsonLineEntries(InputStream body, Making making) {
    this.line = new Line(body);
    this.making = making;
  }

  @Override
  public Optional<Entry> next() throws IOException {
    if (!line.begin()) {
      return Optional.empty();
    }
    Entry entry = entry(Long.toString(number++));
    line.transferTo(OutputStream.nullOutputStream());
    return Optional.of(entry);
  }

  private Entry entry(String name) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      return entry(name, parser);
    } catch (JsonProcessingException e) {
      return Entries.invalid(name, e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      return Entries.invalid(name, String.valueOf(e.getMessage()));
    }
  }

  private Entry entry(String name, JsonParser parser) throws IOException {
    expect(parser.nextToken() == JsonToken.START_OBJECT, "the line is no JSON object");
    @Nullable String id = null;
    @Nullable KeptBytes image = null;
    byte @Nullable [] metadata = null;
    boolean delete = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "id" -> {
          expect(value == JsonToken.VALUE_STRING, "id is no string");
          id = parser.getText();
        }
        case "image" -> {
          expect(value == JsonToken.VALUE_STRING, "image is no string of base64");
          image = image(parser);
        }
        case "metadata" -> metadata = metadata(parser);
        case "delete" -> {
          expect(value == JsonToken.VALUE_TRUE, "delete is not true");
          delete = true;
        }
        default ->
            throw new IllegalArgumentException(
                "field '" + field + "', expected id, image, metadata or delete");
      }
    }
    expect(parser.nextToken() == null, "the line goes on behind its JSON object");
    expect(delete == (image == null), "the line has both or neither of image and delete");
    if (image != null && image.isTooLong()) {
      return Entries.tooManyBytes(name);
    }
    return making.entry(name, id, image == null ? null : image.toByteArray(), metadata);
  }

  private static KeptBytes image(JsonParser parser) throws IOException {
    KeptBytes bytes = new KeptBytes(ImageIntake.BYTES_MAX);
    parser.readBinaryValue(Base64Variants.getDefaultVariant(), bytes);
    return bytes;
  }

  private static byte[] metadata(JsonParser parser) throws IOException {
    KeptBytes bytes = new KeptBytes(METADATA_BYTES_MAX);
    try (JsonGenerator copy = JSON.createGenerator((OutputStream) bytes)) {
      copy.copyCurrentStructure(parser);
    }
    expect(!bytes.isTooLong(), "metadata has more than " + METADATA_BYTES_MAX + " bytes");
    return bytes.toByteArray();
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
