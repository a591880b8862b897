package infomax.ingest.http;

import infomax.events.Token;
import infomax.events.image.ImageEvent;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import infomax.ingest.batch.Entries;
import infomax.ingest.batch.Entry;
import infomax.ingest.intake.UploadIntake;
import infomax.ingest.intake.UploadSource;
import infomax.runtime.http.Problem;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One request of {@code POST /v1/images/batch}: entries are taken in one after the other, in the
 * order of the body, and written without waiting for each; the answer has a line per entry and one
 * that sums up. Whatever ends the body early ends it for the entries behind, never for those before.
 * Used once, by one thread.
 */
final class BatchUpload {

  /** An entry may be held as it came and unpacked, and a line of JSON around it. */
  private static final long BYTES = 3L * ImageIntake.BYTES_MAX;

  private static final int UNACKNOWLEDGED_MAX = 64;
  private static final Duration READ_MAX = Duration.ofHours(6);

  private final UploadIntake intake;
  private final LogWriter log;
  private final UploadRoom room;
  private final Context context;
  private final Deque<Written> unacknowledged = new ArrayDeque<>();
  private long accepted;
  private long refused;

  private record Written(String entry, ImageEvent event, Future<RecordMetadata> acknowledgement) {}

  BatchUpload(UploadIntake intake, LogWriter log, UploadRoom room, Context context) {
    this.intake = intake;
    this.log = log;
    this.room = room;
    this.context = context;
  }

  void run() throws IOException {
    @Nullable ContentDigest digest = ContentDigest.of(context.header("Content-Digest"));
    try (UploadRoom.Place _ = room.take(BYTES);
        ResultSpool results = ResultSpool.open()) {
      @Nullable Problem end = takeAll(entries(digest), results);
      if (end == null && digest != null) {
        end = mismatch(digest);
      }
      if (end != null && accepted + refused == 0) {
        throw end;
      }
      results.add(summary(end));
      context.status(200).contentType("application/x-ndjson").result(results.finish());
    }
  }

  private Entries entries(@Nullable ContentDigest digest) throws IOException {
    @Nullable String contentType = context.contentType();
    if (context.queryParam("wait") != null) {
      throw Problem.of(400, "invalid_parameter", "a batch cannot be waited for, expected no wait");
    }
    Optional<Entries> entries;
    try {
      entries =
          Entries.of(
              contentType == null ? "" : contentType,
              UploadBody.stream(context, digest, READ_MAX),
              IngestRoutes.metadata(context),
              IngestRoutes.passedThrough(context));
    } catch (IOException e) {
      throw invalid(e);
    }
    return entries.orElseThrow(
        () ->
            Problem.of(
                415,
                "unsupported_batch",
                "content type is " + contentType + ", expected " + Entries.ACCEPTED));
  }

  /** Why not all entries were taken, or null. */
  private @Nullable Problem takeAll(Entries entries, ResultSpool results) throws IOException {
    @Nullable Problem end = null;
    try {
      for (Optional<Entry> next = next(entries); next.isPresent(); next = next(entries)) {
        take(next.get(), results);
      }
    } catch (Problem e) {
      end = e;
    }
    try {
      acknowledge(results, 0);
    } catch (Problem e) {
      return e;
    }
    return end;
  }

  private static Optional<Entry> next(Entries entries) {
    try {
      return entries.next();
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  private void take(Entry entry, ResultSpool results) throws IOException {
    switch (entry) {
      case Entry.Unreadable(String name, Rejection rejection) -> refuse(name, rejection, results);
      case Entry.Readable readable -> {
        switch (intake.take(readable.upload(), UploadSource.HTTP)) {
          case UploadIntake.Outcome.Refused(Rejection rejection) ->
              refuse(entry.name(), rejection, results);
          case UploadIntake.Outcome.Taken(ImageEvent event) -> {
            unacknowledged.add(new Written(entry.name(), event, log.send(event)));
            acknowledge(results, UNACKNOWLEDGED_MAX);
          }
        }
      }
    }
  }

  private void refuse(String name, Rejection rejection, ResultSpool results) throws IOException {
    // In the order of the body, so those before it first.
    acknowledge(results, 0);
    RejectionReason reason = rejection.reason();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("entry", name);
    result.put("status", IngestRoutes.status(reason));
    result.put("code", reason.code());
    result.put("detail", rejection.message());
    results.add(result);
    refused++;
  }

  private void acknowledge(ResultSpool results, int left) throws IOException {
    while (unacknowledged.size() > left) {
      Written written = unacknowledged.remove();
      Token token = log.await(written.acknowledgement());
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("entry", written.entry());
      result.put("status", 202);
      result.put("id", written.event().id());
      result.put("token", token);
      results.add(result);
      accepted++;
    }
  }

  private Map<String, Object> summary(@Nullable Problem end) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("accepted", accepted);
    summary.put("refused", refused);
    summary.put("complete", end == null);
    if (end != null) {
      summary.put("code", end.code());
      summary.put("detail", String.valueOf(end.getMessage()));
    }
    return summary;
  }

  private static @Nullable Problem mismatch(ContentDigest digest) {
    try {
      digest.verify();
      return null;
    } catch (Problem e) {
      return e;
    }
  }

  private static Problem invalid(IOException cause) {
    return Problem.of(400, "invalid_batch", String.valueOf(cause.getMessage()));
  }
}
