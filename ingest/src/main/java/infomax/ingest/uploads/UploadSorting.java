package infomax.ingest.uploads;

import infomax.events.Digest;
import infomax.events.Token;
import infomax.events.Topic;
import infomax.events.image.DeadLetter;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.ingest.intake.Upload;
import infomax.ingest.intake.UploadIntake;
import infomax.ingest.intake.UploadIntake.Outcome;
import infomax.ingest.intake.UploadSource;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sorts uploads into images and dead letters; each upload becomes exactly one record. A record that
 * is too large would abort its whole transaction, again and again, so sizes are checked here.
 */
final class UploadSorting implements Processor<byte[], byte[], byte[], byte[]> {

  /** The stage in dead letters. */
  static final String STAGE = "ingest";

  /** Below the 1 MiB that a record of {@code images} may have. */
  private static final long IMAGE_RECORD_BYTES_MAX = 1_000_000;

  private final UploadIntake intake;
  private final String images;
  private final String rejected;
  private @Nullable ProcessorContext<byte[], byte[]> context;

  /**
   * Sorting to two sinks.
   *
   * @param images name of the sink for image events
   * @param rejected name of the sink for dead letters
   */
  UploadSorting(UploadIntake intake, String images, String rejected) {
    this.intake = intake;
    this.images = images;
    this.rejected = rejected;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> upload) {
    ProcessorContext<byte[], byte[]> target = context;
    if (target == null) {
      throw new IllegalStateException("process before init");
    }
    Header metadata = upload.headers().lastHeader(ImageEventCodec.METADATA);
    Outcome outcome =
        intake.take(
            new Upload(
                upload.key(),
                upload.value(),
                metadata == null ? null : metadata.value(),
                ImageEventCodec.passedThrough(upload.headers())),
            UploadSource.KAFKA);
    switch (outcome) {
      case Outcome.Taken(ImageEvent event) -> {
        Record<byte[], byte[]> image = image(upload, event);
        long size = RecordSize.upperBound(image.key(), image.value(), image.headers());
        if (size <= IMAGE_RECORD_BYTES_MAX) {
          target.forward(image, images);
        } else {
          String message =
              "record would have " + size + " bytes, expected at most " + IMAGE_RECORD_BYTES_MAX;
          Rejection tooLarge = new Rejection(RejectionReason.TOO_MANY_BYTES, message);
          target.forward(deadLetter(upload, tooLarge, target), rejected);
        }
      }
      case Outcome.Refused(Rejection rejection) ->
          target.forward(deadLetter(upload, rejection, target), rejected);
    }
  }

  /** Keeps the upload's timestamp: freshness is counted from it. */
  private static Record<byte[], byte[]> image(Record<byte[], byte[]> upload, ImageEvent event) {
    return record(
        event.id().bytes(),
        ImageEventCodec.value(event),
        upload.timestamp(),
        ImageEventCodec.headers(event));
  }

  private static Record<byte[], byte[]> deadLetter(
      Record<byte[], byte[]> upload,
      Rejection rejection,
      ProcessorContext<byte[], byte[]> context) {
    RecordMetadata origin =
        context
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("an upload comes from a topic"));
    Token token = new Token(origin.topic(), origin.partition(), origin.offset());
    DeadLetter whole =
        new DeadLetter(
            upload.key(),
            upload.value(),
            STAGE,
            rejection,
            token,
            List.of(upload.headers().toArray()));
    DeadLetter fitting = fits(whole) ? whole : withoutValue(whole);
    fitting = fits(fitting) ? fitting : withoutKey(fitting);
    fitting = fits(fitting) ? fitting : withoutHeaders(fitting);
    return record(fitting.key(), fitting.value(), upload.timestamp(), fitting.headers());
  }

  private static boolean fits(DeadLetter letter) {
    return RecordSize.upperBound(letter.key(), letter.value(), letter.headers())
        <= Topic.UPLOAD_BYTES_MAX;
  }

  /** The original stays where it is for a while; the letter says where, and which bytes it had. */
  private static DeadLetter withoutValue(DeadLetter letter) {
    byte @Nullable [] value = letter.value();
    if (value == null) {
      return letter;
    }
    String which =
        "the %d bytes (SHA-256 %s) are too many to be kept here"
            .formatted(value.length, Digest.of(value).hex());
    return new DeadLetter(
        letter.key(),
        null,
        letter.stage(),
        addendum(letter.rejection(), which),
        letter.origin(),
        letter.originHeaders());
  }

  private static DeadLetter withoutKey(DeadLetter letter) {
    return new DeadLetter(
        null,
        null,
        letter.stage(),
        addendum(letter.rejection(), "the key is too long to be kept here"),
        letter.origin(),
        letter.originHeaders());
  }

  private static DeadLetter withoutHeaders(DeadLetter letter) {
    return new DeadLetter(
        null,
        null,
        letter.stage(),
        addendum(letter.rejection(), "the headers are too long to be kept here"),
        letter.origin());
  }

  private static Rejection addendum(Rejection rejection, String addendum) {
    return new Rejection(rejection.reason(), rejection.message() + "; " + addendum);
  }

  /** Kafka Streams does not say so, but keys and values may be null. */
  @SuppressWarnings("NullAway")
  private static Record<byte[], byte[]> record(
      byte @Nullable [] key,
      byte @Nullable [] value,
      long timestampMillis,
      org.apache.kafka.common.header.Headers headers) {
    return new Record<>(key, value, timestampMillis, headers);
  }
}
