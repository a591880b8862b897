package infomax.ingest.http;

import infomax.events.image.Rejection;
import infomax.imaging.ImageIntake;
import infomax.ingest.batch.Entries;
import infomax.ingest.batch.Entry;
import infomax.ingest.intake.UploadIntake;
import infomax.ingest.intake.UploadSource;
import infomax.runtime.http.BodyRoom;
import infomax.runtime.http.Problem;
import io.javalin.http.Context;
import java.io.IOException;
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
 * that sums up. Whatever ends the body early ends it for the entries behind, never for those
 * before. Used once, by one thread.
 */
final class BatchUpload {

  /** An entry may be held as it came and as it was unpacked, while the next one is read. */
  private static final long BYTES = 3L * ImageIntake.BYTES_MAX;

  private static final int UNSETTLED_MAX = 64;

  private final UploadIntake intake;
  private final LogWriter log;
  private final Context context;
  private final UploadBody body;
  private final ResultSpool results;
  private final Deque<Unsettled> unsettled = new ArrayDeque<>();
  private long accepted;
  private long refused;

  /**
   * A result that is not yet in the answer, which has the order of the body.
   *
   * @param written of an entry that was accepted
   */
  private record Unsettled(Map<String, Object> result, @Nullable Future<RecordMetadata> written) {}

  private BatchUpload(
      UploadIntake intake, LogWriter log, Context context, UploadBody body, ResultSpool results) {
    this.intake = intake;
    this.log = log;
    this.context = context;
    this.body = body;
    this.results = results;
  }

  /** Takes the body in and answers. */
  static void run(
      UploadIntake intake, LogWriter log, BodyRoom room, Context context, UploadBody body)
      throws IOException {
    try (ResultSpool results = ResultSpool.open()) {
      BatchUpload batch = new BatchUpload(intake, log, context, body, results);
      @Nullable Problem end;
      try (BodyRoom.Place _ = room.take(BYTES)) {
        end = batch.takeAll();
      } catch (Problem e) {
        end = e;
      }
      body.passOver(
          batch.hasResults() || end == null ? Long.MAX_VALUE : UploadBody.PASSED_OVER_BYTES);
      batch.answer(end);
    }
  }

  /** Why not all entries were taken, or null. */
  private @Nullable Problem takeAll() throws IOException {
    @Nullable Problem end = null;
    try {
      Entries entries = entries();
      for (Optional<Entry> next = entries.next(); next.isPresent(); next = entries.next()) {
        take(next.get());
      }
    } catch (Problem e) {
      end = e;
    } catch (IOException e) {
      end = body.lost().orElseGet(() -> invalid(e));
    }
    try {
      settle(0);
      return end;
    } catch (Problem e) {
      return e;
    }
  }

  private Entries entries() throws IOException {
    @Nullable String contentType = context.contentType();
    if (context.queryParam("wait") != null) {
      throw Problem.of(400, "invalid_parameter", "a batch cannot be waited for, expected no wait");
    }
    Map<String, String> passedThrough = IngestRoutes.passedThrough(context);
    // The subject names one image, not many.
    passedThrough.remove(UploadIntake.SUBJECT);
    return Entries.of(
            contentType == null ? "" : contentType,
            body,
            IngestRoutes.metadata(context),
            passedThrough)
        .orElseThrow(
            () ->
                Problem.of(
                    415,
                    "unsupported_batch",
                    "content type is " + contentType + ", expected " + Entries.ACCEPTED));
  }

  private void take(Entry entry) throws IOException {
    UploadIntake.Outcome outcome =
        switch (entry) {
          case Entry.Whole whole -> intake.take(whole.upload(), UploadSource.HTTP);
          case Entry.Broken broken -> intake.refuse(broken.rejection(), UploadSource.HTTP);
        };
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("entry", entry.name());
    switch (outcome) {
      case UploadIntake.Outcome.Taken taken -> {
        result.put("status", 202);
        result.put("id", taken.event().id());
        unsettled.add(new Unsettled(result, log.send(taken.event())));
      }
      case UploadIntake.Outcome.Refused(Rejection rejection) -> {
        result.put("status", IngestRoutes.status(rejection.reason()));
        result.put("code", rejection.reason().code());
        result.put("detail", rejection.message());
        unsettled.add(new Unsettled(result, null));
      }
    }
    settle(UNSETTLED_MAX);
  }

  /** Waits for the log until no more than {@code left} results are unsettled. */
  private void settle(int left) throws IOException {
    while (unsettled.size() > left) {
      Unsettled next = unsettled.remove();
      if (next.written() == null) {
        refused++;
      } else {
        next.result().put("token", log.await(next.written()));
        accepted++;
      }
      results.add(next.result());
    }
  }

  private boolean hasResults() {
    return accepted + refused > 0;
  }

  private void answer(@Nullable Problem end) throws IOException {
    if (end == null) {
      try {
        body.verify();
      } catch (Problem e) {
        end = e;
      }
    }
    if (end != null && !hasResults()) {
      throw end;
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("accepted", accepted);
    summary.put("refused", refused);
    summary.put("complete", end == null);
    if (end != null) {
      summary.put("code", end.code());
      summary.put("detail", String.valueOf(end.getMessage()));
    }
    results.add(summary);
    context.status(200).contentType("application/x-ndjson").result(results.finish());
  }

  private static Problem invalid(IOException cause) {
    return Problem.of(400, "invalid_batch", String.valueOf(cause.getMessage()));
  }
}
