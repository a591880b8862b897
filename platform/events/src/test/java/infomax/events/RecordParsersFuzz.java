package infomax.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import infomax.events.control.ControlCodec;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.events.image.Metadata;
import infomax.events.signal.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * What has to hold for whatever record somebody wrote, as a target of a fuzzer ({@code .ci/fuzz}):
 * it is read or refused by the exception that its reader names, and what was read can be written
 * and read again.
 */
public final class RecordParsersFuzz {

  private static final List<String> CONTROL_KEYS =
      List.of("encoder/1", "generation/2", "request/a", "alias/live", "other");
  private static final List<String> HEADERS =
      List.of(
          "content-type",
          "metadata",
          "digest",
          "ce_subject",
          "traceparent",
          "rejection-stage",
          "rejection-reason",
          "rejection-message",
          "origin-topic",
          "origin-partition",
          "origin-offset");

  private RecordParsersFuzz() {}

  /** One record; the first byte says of which kind. Whatever this throws is a defect. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    byte[] rest = new byte[bytes.length - 1];
    System.arraycopy(bytes, 1, rest, 0, rest.length);
    try {
      int kind = bytes[0] & 0xff;
      switch (kind % 6) {
        case 0 -> same(ImageId.of(rest), ImageId.of(ImageId.of(rest).bytes()));
        case 1 -> {
          Metadata metadata = Metadata.parse(rest);
          same(metadata, Json.read(metadata.json(), Metadata.class));
        }
        case 2 -> control(CONTROL_KEYS.get(kind / 6 % CONTROL_KEYS.size()), rest);
        case 3 -> Json.read(rest, Signal.class);
        case 4 -> image(rest);
        default -> DeadLetter.read(record("images.rejected", rest));
      }
    } catch (IllegalArgumentException e) {
      // Refused, as it may be.
    }
  }

  private static void control(String key, byte[] value) {
    ControlCodec.read(key, value)
        .ifPresent(
            read ->
                same(read, ControlCodec.read(key, ControlCodec.write(read).value()).orElseThrow()));
  }

  private static void image(byte[] bytes) {
    try {
      ImageEventCodec.read(record("images", bytes));
    } catch (MalformedRecordException e) {
      // Refused, as it may be.
    }
  }

  private static void same(Object one, Object other) {
    if (!one.equals(other)) {
      throw new AssertionError(one + " became " + other);
    }
  }

  /**
   * A record of pieces, each behind its length: key, value, and headers that their names precede.
   */
  private static ConsumerRecord<byte[], byte[]> record(String topic, byte[] bytes) {
    ByteBuffer pieces = ByteBuffer.wrap(bytes);
    byte[] key = piece(pieces);
    byte[] value = piece(pieces);
    RecordHeaders headers = new RecordHeaders();
    while (pieces.hasRemaining()) {
      headers.add(HEADERS.get((pieces.get() & 0xff) % HEADERS.size()), piece(pieces));
    }
    return new ConsumerRecord<>(
        topic, 0, 0, 0, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
  }

  /** A length of 255 is null. */
  private static byte[] piece(ByteBuffer pieces) {
    int length = pieces.hasRemaining() ? pieces.get() & 0xff : 255;
    if (length == 255) {
      return null;
    }
    byte[] piece = new byte[Math.min(length, pieces.remaining())];
    pieces.get(piece);
    return piece;
  }

  /** What the classes need that are seen for the first time is not what an input takes. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds().values()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Writes records to begin with into a folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (Map.Entry<String, byte[]> seed : seeds().entrySet()) {
      Files.write(folder.resolve(seed.getKey()), seed.getValue());
    }
  }

  private static Map<String, byte[]> seeds() throws IOException {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    seeds.put("id", "\0cat".getBytes(UTF_8));
    seeds.put(
        "metadata",
        "\1{\"label\":\"cat\",\"n\":1.5,\"b\":true,\"t\":[\"a\",\"b\"]}".getBytes(UTF_8));
    String[] decisions = {"EncoderRelease", "IndexGeneration", "ControlRequest", "LiveAlias"};
    for (int number = 0; number < decisions.length; number++) {
      try (InputStream json =
          RecordParsersFuzz.class.getResourceAsStream("wire/" + decisions[number] + ".json")) {
        byte[] value = json.readAllBytes();
        seeds.put(
            decisions[number],
            ByteBuffer.allocate(value.length + 1).put((byte) (2 + 6 * number)).put(value).array());
      }
    }
    seeds.put("image", "\4\1a\3xyz\0\nimage/jpeg\1\7{\"a\":1}".getBytes(UTF_8));
    seeds.put("letter", "\5\1a\3xyz\5\6ingest\6\5empty\7\1m\b\1t\t\0011\n\0012".getBytes(UTF_8));
    return seeds;
  }
}
