package infomax.indexer.generation;

import infomax.runtime.tracing.TraceSpan;
import infomax.runtime.tracing.Tracing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Tells traces how their records become searchable: {@code embed} for many records together, linked
 * to their spans, and for each record {@code publish}, from the commit that has it to its
 * publication, and {@code visible}, from the record's timestamp to then. Used by one thread.
 */
final class RecordTraces {

  /** While the store fails, so many records wait; later ones are not told. */
  private static final int WAITING_MAX = 10_000;

  private final Tracing tracing;
  private final List<Traced> uncommitted = new ArrayList<>();
  private final List<Traced> unpublished = new ArrayList<>();
  private @Nullable Instant committedFrom;

  /** A record that belongs to a trace. */
  private record Traced(String traceparent, Instant timestamp) {}

  RecordTraces(Tracing tracing) {
    this.tracing = tracing;
  }

  /** Begins the embedding of records. */
  TraceSpan embedding(int generation, List<ConsumerRecord<byte[], byte[]>> records) {
    if (!tracing.isOn() || records.isEmpty()) {
      return tracing.none();
    }
    List<String> traceparents =
        records.stream().map(RecordTraces::traceparent).filter(Objects::nonNull).toList();
    return tracing
        .beginBatch("embed", traceparents)
        .with("infomax.generation", generation)
        .with("infomax.records", records.size());
  }

  /** These records are applied, and wait for the next commit. */
  void applied(List<ConsumerRecord<byte[], byte[]>> records) {
    if (!tracing.isOn()) {
      return;
    }
    for (ConsumerRecord<byte[], byte[]> each : records) {
      String traceparent = traceparent(each);
      if (traceparent != null && uncommitted.size() < WAITING_MAX) {
        uncommitted.add(new Traced(traceparent, Instant.ofEpochMilli(each.timestamp())));
      }
    }
  }

  /** What was applied lies in a commit that was begun at {@code begun}. */
  void committed(Instant begun) {
    if (unpublished.isEmpty()) {
      committedFrom = begun;
    }
    if (unpublished.size() < WAITING_MAX) {
      unpublished.addAll(uncommitted);
    }
    uncommitted.clear();
  }

  /**
   * What was committed is published.
   *
   * @param leads false for an index that does not answer: there nothing became visible
   */
  void published(Instant now, boolean leads) {
    Instant from = committedFrom == null ? now : committedFrom;
    if (leads) {
      for (Traced each : unpublished) {
        tracing.record("publish", each.traceparent, from, now);
        Instant begun = each.timestamp.isAfter(now) ? now : each.timestamp;
        tracing.record("visible", each.traceparent, begun, now);
      }
    }
    unpublished.clear();
  }

  private static @Nullable String traceparent(ConsumerRecord<byte[], byte[]> consumed) {
    Header header = consumed.headers().lastHeader(Tracing.TRACEPARENT);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
