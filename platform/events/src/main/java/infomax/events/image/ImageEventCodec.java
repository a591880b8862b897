package infomax.events.image;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.Topic;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The wire form of the topic {@code images}: key = image id, value = the encoded canonical image or
 * null for a delete, headers {@code content-type}, {@code metadata}, {@code digest} and the passed
 * through {@code ce_*} and {@code traceparent}.
 */
public final class ImageEventCodec {

  /** Header with the media type of the value. */
  public static final String CONTENT_TYPE = "content-type";

  /** Header with the metadata JSON. */
  public static final String METADATA = "metadata";

  /** Header with the SHA-256 of the value in hexadecimal digits. */
  public static final String DIGEST = "digest";

  /** Header that names the trace an image belongs to (W3C Trace Context). */
  public static final String TRACEPARENT = "traceparent";

  private ImageEventCodec() {}

  /** The record of an event, to the partition its id lives in. */
  public static ProducerRecord<byte[], byte @Nullable []> write(ImageEvent event) {
    return new ProducerRecord<>(
        Topic.IMAGES.name(),
        event.id().partition(Topic.IMAGES.partitions()),
        event.id().bytes(),
        value(event),
        headers(event));
  }

  /** The record value of an event. */
  public static byte @Nullable [] value(ImageEvent event) {
    return switch (event) {
      case ImageStored stored -> stored.image().bytes();
      case ImageDeleted _ -> null;
    };
  }

  /** The record headers of an event. */
  public static Headers headers(ImageEvent event) {
    RecordHeaders headers = new RecordHeaders();
    if (event instanceof ImageStored stored) {
      headers.add(CONTENT_TYPE, utf8(stored.image().format().mediaType()));
      headers.add(DIGEST, utf8(stored.image().digest().hex()));
      if (!stored.metadata().values().isEmpty()) {
        headers.add(METADATA, stored.metadata().json());
      }
      stored.passedThrough().forEach((name, value) -> headers.add(name, utf8(value)));
    }
    return headers;
  }

  /**
   * Reads a record of {@code images}. The value's digest is computed, not trusted.
   *
   * @throws MalformedRecordException if key, headers or digest do not have the agreed form
   */
  public static ImageEvent read(ConsumerRecord<byte[], byte[]> consumed)
      throws MalformedRecordException {
    try {
      byte @Nullable [] key = consumed.key();
      if (key == null) {
        throw new IllegalArgumentException("record has no key, expected the image id");
      }
      ImageId id = ImageId.of(key);
      byte @Nullable [] value = consumed.value();
      if (value == null) {
        return new ImageDeleted(id);
      }
      String mediaType = text(consumed.headers(), CONTENT_TYPE);
      ImageFormat format =
          ImageFormat.ofMediaType(mediaType == null ? "" : mediaType)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "content-type is " + mediaType + ", expected image/jpeg or image/png"));
      CanonicalImage image = CanonicalImage.of(format, value);
      String digest = text(consumed.headers(), DIGEST);
      if (digest != null && !new Digest(digest).equals(image.digest())) {
        throw new IllegalArgumentException("digest header " + digest + " is not that of the value");
      }
      Header metadata = consumed.headers().lastHeader(METADATA);
      return new ImageStored(
          id,
          image,
          metadata == null || metadata.value() == null
              ? Metadata.NONE
              : Metadata.parse(metadata.value()),
          passedThrough(consumed.headers()));
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException(
          new Rejection(RejectionReason.INVALID_RECORD, String.valueOf(e.getMessage())));
    }
  }

  /** The headers that travel from an upload to its image: {@code ce_*} and {@code traceparent}. */
  public static Map<String, String> passedThrough(Headers headers) {
    Map<String, String> passed = new HashMap<>();
    for (Header header : headers) {
      String name = header.key().toLowerCase(Locale.ROOT);
      if (header.value() != null && (name.startsWith("ce_") || name.equals(TRACEPARENT))) {
        passed.put(name, new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    return passed;
  }

  private static @Nullable String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
