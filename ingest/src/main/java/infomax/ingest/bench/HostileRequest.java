package infomax.ingest.bench;

import infomax.imaging.bench.SampleImages;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Requests that are wrong as such, whatever image they bring: each has to be answered with one of
 * its codes, at once, and to write nothing.
 */
enum HostileRequest {
  /** A body of 4 GiB is announced, and none comes. */
  FOUR_GIBIBYTES(
      List.of("too_many_bytes"), () -> head("PUT /v1/images/a", "Content-Length: 4294967296")),
  /** The same, to be asked for. */
  FOUR_GIBIBYTES_EXPECTED(
      List.of("too_many_bytes"),
      () -> head("PUT /v1/images/a", "Content-Length: 4294967296\r\nExpect: 100-continue")),
  /** A length that no number holds. */
  LENGTH_BEYOND_NUMBERS(
      List.of("bad_request"),
      () -> head("PUT /v1/images/a", "Content-Length: 99999999999999999999")),
  /** A length below none. */
  NEGATIVE_LENGTH(List.of("bad_request"), () -> head("PUT /v1/images/a", "Content-Length: -1")),
  /** Two lengths: what one reads as a body is the next request to another. */
  TWO_LENGTHS(
      List.of("bad_request"),
      () -> head("PUT /v1/images/a", "Content-Length: 5\r\nContent-Length: 6") + "aaaaaa"),
  /** A length and chunks. */
  LENGTH_AND_CHUNKS(
      List.of("bad_request"),
      () ->
          head("PUT /v1/images/a", "Content-Length: 5\r\nTransfer-Encoding: chunked")
              + "0\r\n\r\n"),
  /** A chunk that says it is longer than any body. */
  HUGE_CHUNK(
      List.of("bad_request", "body_incomplete"),
      () -> head("PUT /v1/images/a", "Transfer-Encoding: chunked") + "fffffffffffffffff\r\naaaa"),
  /** An id that is no UTF-8, percent-encoded. */
  ID_OF_NO_UTF8(List.of("bad_request", "invalid_id"), () -> upload("PUT /v1/images/%ff%fe", "")),
  /** The same, as it is. */
  ID_OF_NO_ASCII(
      List.of("bad_request", "invalid_id"), () -> upload("PUT /v1/images/\u00ff\u00fe", "")),
  /** A surrogate alone, as UTF-8 does not allow it. */
  ID_OF_HALF_A_CHARACTER(
      List.of("bad_request", "invalid_id"), () -> upload("PUT /v1/images/%ed%a0%80", "")),
  /** The name of an image that is no UTF-8. */
  SUBJECT_OF_NO_UTF8(List.of("invalid_id"), () -> upload("POST /v1/images", "ce-subject: %ff%fe")),
  /** Metadata of 17 KiB in the address: longer than addresses may be, or than metadata may. */
  METADATA_TOO_LONG_IN_THE_ADDRESS(
      List.of("invalid_metadata", "uri_too_long", "request_header_fields_too_large"),
      () ->
          upload(
              "PUT /v1/images/a?metadata=%7B%22a%22:%22" + "x".repeat(17 * 1024) + "%22%7D", "")),
  /** Metadata of 17 KiB in a header. */
  METADATA_TOO_LONG_IN_A_HEADER(
      List.of("invalid_metadata", "request_header_fields_too_large"),
      () -> upload("PUT /v1/images/a", "metadata: {\"a\":\"" + "x".repeat(17 * 1024) + "\"}")),
  /** Metadata of 17 KiB in a form. */
  METADATA_TOO_LONG_IN_A_FORM(
      List.of("invalid_metadata"),
      () ->
          form(
              "; boundary=b",
              part("; name=\"metadata\"", "{\"a\":\"" + "x".repeat(17 * 1024) + "\"}")
                  + part("; name=\"x\"; filename=\"a\"", jpeg())
                  + "--b--")),
  /** A form that does not say what is between its parts. */
  FORM_WITHOUT_A_BOUNDARY(
      List.of("invalid_batch"), () -> form("", part("; name=\"x\"", "a") + "--b--")),
  /** A form with another boundary than it says. */
  FORM_WITH_ANOTHER_BOUNDARY(
      List.of("invalid_batch"), () -> form("; boundary=c", part("; name=\"x\"", "a") + "--b--")),
  /** A form that ends within a part. */
  FORM_WITHOUT_AN_END(
      List.of("invalid_batch"),
      () -> form("; boundary=b", "--b\r\nContent-Disposition: form-data")),
  /** A form whose first part has headers without end. */
  FORM_OF_HEADERS(
      List.of("invalid_batch"), () -> form("; boundary=b", "--b\r\n" + "a: b\r\n".repeat(10_000))),
  /** A form whose field is as long as an image. */
  FORM_WITH_A_HUGE_FIELD(
      List.of("invalid_batch"),
      () -> form("; boundary=b", part("; name=\"id\"", "x".repeat(1 << 20)) + "--b--")),
  /** No HTTP at all. */
  NOISE(List.of("bad_request"), () -> "\0\1\2\3\r\n\r\n");

  private static final int TIMEOUT_MILLIS = 10_000;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> codes;

  @SuppressWarnings("ImmutableEnumChecker") // suppliers without state
  private final Supplier<String> request;

  HostileRequest(List<String> codes, Supplier<String> request) {
    this.codes = codes;
    this.request = request;
  }

  /**
   * What became of a request.
   *
   * @param answer the status line, or why there is none
   * @param refused true if it was refused with one of its codes
   * @param elapsedNanos until the end of the answer
   */
  record Outcome(String answer, boolean refused, long elapsedNanos) {}

  /** Its name in reports. */
  String kind() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Sends it on a connection of its own, sends nothing more and reads all that comes. */
  Outcome send(int port) {
    byte[] bytes = request.get().getBytes(StandardCharsets.ISO_8859_1);
    long beginNanos = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      InputStream answers = socket.getInputStream();
      String answer = new String(answers.readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(
          answer.lines().findFirst().orElse("no answer"),
          codes.stream().anyMatch(code -> answer.contains("\"code\":\"" + code + "\"")),
          System.nanoTime() - beginNanos);
    } catch (IOException e) {
      return new Outcome(e.toString(), false, System.nanoTime() - beginNanos);
    }
  }

  private static String head(String request, String headers) {
    String lines = headers.isEmpty() ? "" : headers + "\r\n";
    return request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines + "\r\n";
  }

  private static String upload(String request, String headers) {
    String jpeg = jpeg();
    String more = headers.isEmpty() ? "" : headers + "\r\n";
    return head(request, more + "Content-Length: " + jpeg.length()) + jpeg;
  }

  private static String form(String parameters, String body) {
    return head(
            "POST /v1/images/batch",
            "Content-Type: multipart/form-data"
                + parameters
                + "\r\nContent-Length: "
                + body.length())
        + body;
  }

  private static String part(String disposition, String content) {
    return "--b\r\nContent-Disposition: form-data" + disposition + "\r\n\r\n" + content + "\r\n";
  }

  /** As Latin-1, a byte a character. */
  private static String jpeg() {
    return new String(SampleImages.jpeg(32, 32, 1), StandardCharsets.ISO_8859_1);
  }
}
