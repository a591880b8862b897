package infomax.ingest.batch;

import infomax.imaging.ImageIntake;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a form (RFC 7578). A part named {@code id} names the image after it, one named
 * {@code metadata} holds the JSON object for all images after it; every other part is an image,
 * under the id before it, else its file name, else the digest of its bytes.
 */
final class MultipartEntries implements Entries {

  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile(";\\s*name=\"([^\"]*)\"");
  private static final Pattern FILE_NAME = Pattern.compile(";\\s*filename=\"([^\"]*)\"");
  private static final int HEADERS_BYTES_MAX = 16 * 1024;
  private static final int FIELD_BYTES_MAX = 64 * 1024;

  private final InputStream body;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;
  private final byte[] delimiter;
  private Making making;
  private @Nullable String nextId;
  private boolean started;
  private long number = -1;

  MultipartEntries(InputStream body, String contentType, Making making) throws IOException {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!boundary.find()) {
      throw new IOException("the form has no boundary, expected one in its content type");
    }
    String given = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
    this.body = body;
    this.delimiter = ("\r\n--" + given).getBytes(StandardCharsets.ISO_8859_1);
    this.making = making;
  }

  @Override
  public Optional<Entry> next() throws IOException {
    if (!started) {
      started = true;
      // The first delimiter may come without a line break before it.
      part(FIELD_BYTES_MAX, 2);
    }
    while (isFurtherPart()) {
      String headers = headers();
      String disposition =
          headers
              .lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-disposition:"))
              .findFirst()
              .orElse("");
      String name = group(NAME, disposition);
      String fileName = group(FILE_NAME, disposition);
      if (fileName == null && "id".equals(name)) {
        nextId = new String(field(), StandardCharsets.UTF_8);
      } else if (fileName == null && "metadata".equals(name)) {
        making = new Making(field(), making.passedThrough());
      } else {
        return Optional.of(image(fileName));
      }
    }
    return Optional.empty();
  }

  private Entry image(@Nullable String fileName) throws IOException {
    number++;
    @Nullable String id = nextId == null ? fileName : nextId;
    nextId = null;
    String name = id == null ? Long.toString(number) : id;
    KeptBytes bytes = part(ImageIntake.BYTES_MAX, 0);
    return bytes.isTooLong()
        ? Entries.tooManyBytes(name)
        : making.entry(name, id, bytes.toByteArray(), null);
  }

  private byte[] field() throws IOException {
    KeptBytes field = part(FIELD_BYTES_MAX, 0);
    if (field.isTooLong()) {
      throw new IOException("a field of the form has more than " + FIELD_BYTES_MAX + " bytes");
    }
    return field.toByteArray();
  }

  /** After a delimiter: two dashes end the form, a line break begins a part. */
  private boolean isFurtherPart() throws IOException {
    int first = read();
    int second = read();
    if (first == '-' && second == '-') {
      return false;
    }
    if (first != '\r' || second != '\n') {
      throw new IOException("a boundary of the form is followed by neither a part nor its end");
    }
    return true;
  }

  private String headers() throws IOException {
    StringBuilder headers = new StringBuilder();
    while (true) {
      StringBuilder line = new StringBuilder();
      for (int read = read(); read != '\n'; read = read()) {
        if (read < 0 || headers.length() + line.length() > HEADERS_BYTES_MAX) {
          throw new IOException("the headers of a part do not end");
        }
        line.append((char) read);
      }
      if (line.toString().isBlank()) {
        // Names come in UTF-8.
        return new String(
            headers.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      }
      headers.append(line.toString().strip()).append('\n');
    }
  }

  /**
   * The bytes before the next delimiter. A line break occurs in a delimiter only as its beginning,
   * so a mismatch begins a new match at most with the byte at hand.
   *
   * @param most how many are kept
   * @param matched how much of the delimiter is taken for read already
   */
  private KeptBytes part(int most, int matched) throws IOException {
    KeptBytes bytes = new KeptBytes(most);
    int begin = matched;
    while (matched < delimiter.length) {
      int read = read();
      if (read < 0) {
        throw new IOException("the form ends before its last boundary");
      }
      if (read == (delimiter[matched] & 0xff)) {
        matched++;
        continue;
      }
      bytes.write(delimiter, begin, matched - begin);
      begin = 0;
      matched = 0;
      if (read == delimiter[0]) {
        matched = 1;
      } else {
        bytes.write(read);
      }
    }
    return bytes;
  }

  private int read() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, body.read(buffer, 0, buffer.length));
    }
    return at == end ? -1 : buffer[at++] & 0xff;
  }

  private static @Nullable String group(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }
}
