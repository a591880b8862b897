package infomax.ingest.batch;

import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The entries of one body, in its order. Used by one thread. */
public interface Entries {

  /** The media types that {@link #of} reads. */
  String ACCEPTED =
      "application/x-ndjson, application/x-tar, application/zip or multipart/form-data";

  /**
   * The next entry.
   *
   * @return empty at the end of the body
   * @throws IOException if the body cannot be read on; its message says what is wrong with it
   */
  Optional<Entry> next() throws IOException;

  /**
   * The entries of a body.
   *
   * @param contentType media type of the body, with its parameters
   * @param metadata of entries that bring none themselves, a JSON object
   * @param passedThrough headers that go with every entry
   * @return empty if there are no entries in bodies of that type
   */
  static Optional<Entries> of(
      String contentType,
      InputStream body,
      byte @Nullable [] metadata,
      Map<String, String> passedThrough)
      throws IOException {
    Making making = new Making(metadata, passedThrough);
    String mediaType = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return Optional.ofNullable(
        switch (mediaType) {
          case "application/x-ndjson", "application/jsonl" -> new JsonLineEntries(body, making);
          case "application/x-tar" -> new TarEntries(body, making);
          case "application/zip" -> new ZipEntries(body, making);
          case "multipart/form-data" -> new MultipartEntries(body, contentType, making);
          default -> null;
        });
  }

  /** An entry with more bytes than an image may have. */
  static Entry tooManyBytes(String name) {
    return broken(
        name,
        RejectionReason.TOO_MANY_BYTES,
        "entry has more than the " + ImageIntake.BYTES_MAX + " bytes that are accepted");
  }

  /** An entry that is not what its body should hold. */
  static Entry invalid(String name, String message) {
    return broken(name, RejectionReason.INVALID_RECORD, line(message));
  }

  /** An exception whose message is a line for people, whatever it quotes of what was sent. */
  static IOException oneLine(String message, Throwable cause) {
    return new IOException(line(message), cause);
  }

  private static String line(String message) {
    String line = message.replaceAll("\\p{Cntrl}", "?");
    return line.substring(0, Math.min(300, line.length()));
  }

  private static Entry broken(String name, RejectionReason reason, String message) {
    return new Entry.Broken(name, new Rejection(reason, message));
  }
}
