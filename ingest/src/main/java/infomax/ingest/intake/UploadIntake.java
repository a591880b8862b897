package infomax.ingest.intake;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.Metadata;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import infomax.runtime.tracing.TraceSpan;
import infomax.runtime.tracing.Tracing;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns uploads into image events or rejections. Thread-safe. */
public final class UploadIntake {

  /** Most bytes of headers that pass through, names included: 16 KiB. */
  public static final int PASSED_THROUGH_BYTES_MAX = 16 * 1024;

  /** The header that names an image which has no key. */
  public static final String SUBJECT = "ce_subject";

  private static final int OVERRUNS_MAX = 1024;

  private final ImageIntake images;
  private final UploadCounters counters;
  private final Tracing tracing;

  /**
   * Images that took too long, by digest. A stream thread that spends its transaction's time on
   * such images has to start over; remembering them lets it pass them the next time.
   */
  private final Map<Digest, Rejection> overruns =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, Rejection> eldest) {
              return size() > OVERRUNS_MAX;
            }
          });

  /** An intake over {@code images} that counts in {@code counters}. */
  public UploadIntake(ImageIntake images, UploadCounters counters) {
    this(images, counters, Tracing.OFF);
  }

  /** The same, which makes a span of every upload. */
  public UploadIntake(ImageIntake images, UploadCounters counters, Tracing tracing) {
    this.images = images;
    this.counters = counters;
    this.tracing = tracing;
  }

  /** What became of an upload. */
  public sealed interface Outcome {

    /**
     * It is to be written.
     *
     * @param event the event to write
     */
    record Taken(ImageEvent event) implements Outcome {}

    /**
     * It is refused.
     *
     * @param rejection why
     */
    record Refused(Rejection rejection) implements Outcome {}
  }

  /** Decides about an upload; may take seconds of decoding, does no other waiting. */
  public Outcome take(Upload upload, UploadSource source) {
    long startNanos = System.nanoTime();
    Outcome outcome = traced(upload, source);
    counters.count(source, outcome, System.nanoTime() - startNanos);
    return outcome;
  }

  /** Counts an upload that was refused before anybody could look at all of it. */
  public Outcome refuse(Rejection rejection, UploadSource source) {
    Outcome outcome = new Outcome.Refused(rejection);
    counters.count(source, outcome, 0);
    return outcome;
  }

  /** An image carries on the span that made it. */
  private Outcome traced(Upload upload, UploadSource source) {
    if (!tracing.isOn()) {
      return decide(upload);
    }
    try (TraceSpan span =
        tracing
            .begin("intake", upload.passedThrough().get(Tracing.TRACEPARENT))
            .with("infomax.source", source.name().toLowerCase(Locale.ROOT))) {
      Outcome outcome = decide(upload);
      return switch (outcome) {
        case Outcome.Taken(ImageStored stored) ->
            new Outcome.Taken(span.traceparent().map(stored::carriedBy).orElse(stored));
        case Outcome.Taken taken -> taken;
        case Outcome.Refused refused -> {
          span.with("infomax.rejection", refused.rejection().reason().code());
          yield refused;
        }
      };
    }
  }

  private Outcome decide(Upload upload) {
    @Nullable ImageId id;
    try {
      id = id(upload);
    } catch (IllegalArgumentException e) {
      return refused(RejectionReason.INVALID_ID, e.getMessage());
    }
    byte @Nullable [] bytes = upload.bytes();
    if (bytes == null) {
      return id == null
          ? refused(RejectionReason.INVALID_ID, "delete without an id, expected one")
          : new Outcome.Taken(new ImageDeleted(id));
    }
    Metadata metadata;
    try {
      metadata = upload.metadata() == null ? Metadata.NONE : Metadata.parse(upload.metadata());
      checkPassedThrough(upload.passedThrough());
    } catch (IllegalArgumentException e) {
      return refused(RejectionReason.INVALID_METADATA, e.getMessage());
    }
    return store(id, bytes, metadata, upload.passedThrough());
  }

  /** A key is more explicit than what a CloudEvent says it is about. */
  private static @Nullable ImageId id(Upload upload) {
    if (upload.key() != null) {
      return ImageId.of(upload.key());
    }
    String subject = upload.passedThrough().get(SUBJECT);
    if (subject == null) {
      return null;
    }
    // What stands for bytes that are no UTF-8 would make one id of different ones.
    if (subject.indexOf('\ufffd') >= 0) {
      throw new IllegalArgumentException(
          SUBJECT + " is no UTF-8 or has the character U+FFFD, expected text in UTF-8");
    }
    return new ImageId(subject);
  }

  private Outcome store(
      @Nullable ImageId id, byte[] bytes, Metadata metadata, Map<String, String> passedThrough) {
    Digest digest = id == null || !overruns.isEmpty() ? Digest.of(bytes) : null;
    Rejection known = digest == null ? null : overruns.get(digest);
    if (known != null) {
      return new Outcome.Refused(known);
    }
    return switch (images.canonicalize(bytes)) {
      case ImageIntake.Outcome.Accepted(CanonicalImage image) ->
          new Outcome.Taken(
              new ImageStored(
                  id == null ? ImageId.ofContent(Digest.of(bytes)) : id,
                  image,
                  metadata,
                  passedThrough));
      case ImageIntake.Outcome.Rejected(Rejection rejection) -> {
        if (rejection.reason() == RejectionReason.DECODE_TIMEOUT) {
          overruns.put(Digest.of(bytes), rejection);
        }
        yield new Outcome.Refused(rejection);
      }
    };
  }

  private static void checkPassedThrough(Map<String, String> headers) {
    int length =
        headers.entrySet().stream()
            .mapToInt(header -> utf8Length(header.getKey()) + utf8Length(header.getValue()))
            .sum();
    if (length > PASSED_THROUGH_BYTES_MAX) {
      throw new IllegalArgumentException(
          "headers ce_* and traceparent have "
              + length
              + " bytes, expected at most "
              + PASSED_THROUGH_BYTES_MAX);
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static Outcome refused(RejectionReason reason, @Nullable String message) {
    return new Outcome.Refused(new Rejection(reason, shortened(String.valueOf(message))));
  }

  /** The message may quote what was sent, and travels in a record header. */
  private static String shortened(String message) {
    return message.length() > 500 ? message.substring(0, 500) + "..." : message;
  }
}
