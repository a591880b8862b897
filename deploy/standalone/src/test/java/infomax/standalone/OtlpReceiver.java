package infomax.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Receives spans by OTLP over HTTP and reads of each what a test looks at (opentelemetry-proto,
 * {@code trace.proto}; protobuf wire format).
 */
final class OtlpReceiver implements AutoCloseable {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  /**
   * A span.
   *
   * @param traceId in hexadecimal digits
   * @param spanId in hexadecimal digits
   * @param parentId in hexadecimal digits; empty if it has none
   * @param links trace ids of the spans it is linked to
   */
  record Span(String name, String traceId, String spanId, String parentId, List<String> links) {}

  private OtlpReceiver(HttpServer server) {
    this.server = server;
  }

  static OtlpReceiver start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    OtlpReceiver receiver = new OtlpReceiver(server);
    server.createContext("/v1/traces", receiver::receive);
    server.start();
    return receiver;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  List<Span> spans() {
    return List.copyOf(spans);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      for (ByteBuffer resource : fields(ByteBuffer.wrap(body), 1)) {
        for (ByteBuffer scope : fields(resource, 2)) {
          fields(scope, 2).forEach(span -> spans.add(span(span)));
        }
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Span span(ByteBuffer span) {
    return new Span(
        new String(bytes(fields(span, 5).getFirst()), StandardCharsets.UTF_8),
        hex(fields(span, 1)),
        hex(fields(span, 2)),
        hex(fields(span, 4)),
        fields(span, 13).stream().map(link -> hex(fields(link, 1))).toList());
  }

  private static String hex(List<ByteBuffer> field) {
    return field.isEmpty() ? "" : HexFormat.of().formatHex(bytes(field.getFirst()));
  }

  private static byte[] bytes(ByteBuffer field) {
    byte[] bytes = new byte[field.remaining()];
    field.duplicate().get(bytes);
    return bytes;
  }

  /** The values of a length-delimited field. */
  private static List<ByteBuffer> fields(ByteBuffer message, int wanted) {
    ByteBuffer rest = message.duplicate();
    rest.order(message.order());
    List<ByteBuffer> found = new ArrayList<>();
    while (rest.hasRemaining()) {
      long tag = varint(rest);
      switch ((int) (tag & 7)) {
        case VARINT -> varint(rest);
        case FIXED64 -> rest.position(rest.position() + Long.BYTES);
        case FIXED32 -> rest.position(rest.position() + Integer.BYTES);
        case DELIMITED -> {
          int length = Math.toIntExact(varint(rest));
          if (tag >>> 3 == wanted) {
            found.add(rest.slice(rest.position(), length));
          }
          rest.position(rest.position() + length);
        }
        default -> throw new IllegalArgumentException("no wire type: " + (tag & 7));
      }
    }
    return found;
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
