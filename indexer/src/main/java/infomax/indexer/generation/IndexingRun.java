package infomax.indexer.generation;

import infomax.events.Position;
import infomax.events.signal.Signal.GenerationProgressed;
import infomax.index.ShardWriter;
import infomax.indexer.generation.Orders.Mode;
import infomax.indexer.generation.Orders.Priority;
import infomax.runtime.tracing.TraceSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indexing of one shard from an open writer and an open log until it is told to stop or has to open
 * them anew: poll, embed, put and delete, commit, publish, signal. Used by one thread.
 */
final class IndexingRun {

  private static final Logger LOG = LoggerFactory.getLogger(IndexingRun.class);

  /** Records are gathered this long, so that embedding and fetching come in batches. */
  private static final Duration PACE = Duration.ofMillis(100);

  /** A poll with this many records is not waited after. */
  private static final int BATCH_RECORDS = 100;

  /** What has been fetched already is enough when a commit waits. */
  private static final Duration GLANCE = Duration.ofMillis(5);

  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);

  private final Parts parts;
  private final SharedResources shared;
  private final IndexingSettings settings;
  private final Supplier<Orders> orders;
  private final Consumer<GenerationStatus> status;
  private final Retries retries;
  private final List<Integer> partitions;
  private final LogProgress progress;
  private final RecordTraces traces;
  private final CommitCycle commits;
  private final Interval reports = new Interval(REPORT_INTERVAL);
  private final ReadingPlan plan;
  private final BulkBuild build;
  private final CalmMerge calm;
  private final LogMeasurement measurement;
  private final LettersInTurn letters;

  IndexingRun(
      Parts parts,
      SharedResources shared,
      IndexingSettings settings,
      Supplier<Orders> orders,
      Consumer<GenerationStatus> status,
      Retries retries) {
    this.parts = parts;
    this.shared = shared;
    this.settings = settings;
    this.orders = orders;
    this.status = status;
    this.retries = retries;
    this.partitions = parts.writer().spec().shardPartitions();
    this.progress = new LogProgress(partitions, parts.begun(), parts.writer().progress());
    this.plan = new ReadingPlan(progress);
    this.build = new BulkBuild(parts.writer(), progress);
    this.calm = new CalmMerge(parts.writer());
    this.traces = new RecordTraces(shared.tracing());
    this.commits = new CommitCycle(parts, shared, traces, settings.commitInterval());
    this.measurement = new LogMeasurement(parts, shared, progress);
    this.letters =
        new LettersInTurn(
            parts.writer().spec().generation(),
            orders.get().leader(),
            parts.deadLetters(),
            shared.publications());
  }

  /**
   * What a run works with; whoever opened it closes it.
   *
   * @param replaced records that need not be indexed; empty for an index that is searched
   * @param begun when reading the log from its beginning began
   * @param tombstoneRetention how long the log keeps tombstones
   */
  record Parts(
      ShardWriter writer,
      ImageLog log,
      RecordEmbedding embedding,
      DeadLetters deadLetters,
      GenerationMeters meters,
      Optional<ReplacedRecords> replaced,
      Instant begun,
      Duration tombstoneRetention) {}

  /**
   * What one poll brought.
   *
   * @param polled all of it
   * @param records what is to be applied of it
   * @param newest what has to be indexed of that
   * @param embeddedBefore images embedded before it
   * @param changes of those, being made
   * @param span of making them
   */
  private record Batch(
      ConsumerRecords<byte[], byte[]> polled,
      List<ConsumerRecord<byte[], byte[]>> records,
      List<ConsumerRecord<byte[], byte[]>> newest,
      long embeddedBefore,
      RecordEmbedding.Pending changes,
      TraceSpan span)
      implements AutoCloseable {

    @Override
    public void close() {
      changes.close();
      span.close();
    }
  }

  /** Why a run ended. */
  enum End {
    /** It was told to stop. */
    STOPPED,
    /** Another writer has taken over. */
    TAKEN_OVER,
    /** The newest publication is not this writer's: open again and start from it. */
    OUTRUN
  }

  /** Runs until {@code stopping} says so or the writer is of no use any more. */
  End run(BooleanSupplier stopping) throws GenerationFailedException, InterruptedException {
    while (!stopping.getAsBoolean()) {
      long startNanos = System.nanoTime();
      Orders now = orders.get();
      letters.follow(now);
      parts.log().readOnly(partition -> plan.isWanted(partition, now));
      boolean commitsMeanwhile = commitsMeanwhile(now);
      int records;
      try (Batch batch = begin(parts.log().poll(commitsMeanwhile ? GLANCE : PACE), now)) {
        // Before the first change: nothing is applied to an index that has missed deletes.
        measurement.takeIfDue();
        Optional<End> ended = commitsMeanwhile ? commit(now) : Optional.empty();
        if (ended.isPresent()) {
          return ended.get();
        }
        records = apply(batch, now);
      }
      Optional<End> ended = commitIfDue(now);
      if (ended.isPresent()) {
        return ended.get();
      }
      if (commits.hasCommitted() || (progress.reachedEnds() && !progress.hasMoved())) {
        retries.over();
      }
      report(now);
      if (records < BATCH_RECORDS && !commitsMeanwhile(now)) {
        LockSupport.parkNanos(PACE.toNanos() - (System.nanoTime() - startNanos));
      }
    }
    return End.STOPPED;
  }

  /** Begins to embed what was polled. */
  private Batch begin(ConsumerRecords<byte[], byte[]> polled, Orders now)
      throws InterruptedException {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> consumed : polled) {
      if (plan.accepts(consumed.partition(), consumed.offset(), now)) {
        records.add(consumed);
      }
    }
    List<ConsumerRecord<byte[], byte[]>> newest =
        parts
            .replaced()
            .map(known -> records.stream().filter(record -> !known.contains(record)).toList())
            .orElse(records);
    TraceSpan span = traces.embedding(parts.writer().spec().generation(), newest);
    return new Batch(
        polled,
        records,
        newest,
        parts.embedding().embedded(),
        parts.embedding().begin(newest, parts.writer()::find, now.priority()),
        span);
  }

  private int apply(Batch batch, Orders now) throws InterruptedException {
    for (Change change : batch.changes().changes()) {
      apply(change, now);
    }
    traces.applied(batch.newest());
    parts.meters().embedded(parts.embedding().embedded() - batch.embeddedBefore());
    batch
        .records()
        .forEach(consumed -> progress.sawRecord(Instant.ofEpochMilli(consumed.timestamp())));
    if (!batch.records().isEmpty()) {
      calm.disturbed();
    }
    batch.polled().nextOffsets().forEach((partition, next) -> advance(partition, next, now));
    parts.replaced().ifPresent(known -> known.closeBehind(progress.applied()));
    return batch.records().size();
  }

  private void apply(Change change, Orders now) {
    switch (change) {
      case Change.Put put -> parts.writer().put(put.image());
      case Change.Remove remove -> parts.writer().delete(remove.id());
      case Change.Reject reject -> {
        parts.meters().rejected();
        if (reject.id() != null) {
          parts.writer().delete(reject.id());
        }
        letters.add(reject.letter(), now);
      }
    }
  }

  private void advance(TopicPartition partition, OffsetAndMetadata next, Orders now) {
    int number = partition.partition();
    Position fetched = new Position(next.offset(), next.leaderEpoch().orElse(Position.NO_EPOCH));
    Position goesOn = plan.reached(number, fetched, now);
    if (!goesOn.equals(fetched)) {
      parts.log().seek(number, goesOn);
    }
  }

  /**
   * True if a commit is due beside which the next records are embedded. An index that is to stop
   * somewhere commits first: it may not have applied anything beyond the commit that says so.
   */
  private boolean commitsMeanwhile(Orders now) {
    return now.mode() == Mode.FOLLOW && progress.hasMoved() && commits.isDue();
  }

  private Optional<End> commit(Orders now) throws InterruptedException {
    commits.commit(progress);
    return publishIfDue(now);
  }

  private Optional<End> publishIfDue(Orders now) {
    return build.mayPublish() ? commits.publishIfDue(now.leads()) : Optional.empty();
  }

  private Optional<End> commitIfDue(Orders now) throws InterruptedException {
    boolean held = plan.isBuilt();
    build.follow(now);
    boolean arrived = build.isOver() && plan.hasArrived(now);
    if (plan.isBuilt() && !held) {
      LOG.info(
          "generation={} reached the end of the log and holds", parts.writer().spec().generation());
    }
    commits.every(commitInterval(now));
    boolean idle = commits.isDueWhenIdle();
    if (idle && now.mode() == Mode.BUILD) {
      // What holds for long, such as for another shard, says in the end nothing of how far it is.
      plan.readOn();
      idle = false;
    }
    boolean merged = calm.follow(now);
    boolean due = now.mode() != Mode.FOLLOW && progress.hasMoved() && commits.isDue();
    if (arrived || merged || due || idle) {
      commits.commit(progress);
    }
    return publishIfDue(now);
  }

  /** Small commits cost merges, which an index that nobody searches would take from the others. */
  private Duration commitInterval(Orders now) {
    if (now.mode() == Mode.BUILD && !plan.isBuilt()) {
      return settings.buildCommitInterval();
    }
    return now.priority() == Priority.STANDBY
        ? settings.standbyCommitInterval()
        : settings.commitInterval();
  }

  private void report(Orders now) {
    if (!reports.isDue()) {
      return;
    }
    reports.restart();
    boolean reads = false;
    for (int partition : partitions) {
      reads |= plan.isWanted(partition, now);
    }
    GenerationStatus current =
        new GenerationStatus(
            parts.writer().spec().generation(),
            parts.writer().spec().shard(),
            phase(now, reads),
            progress.committed(),
            progress.lag(),
            parts.writer().images(),
            parts.embedding().embedded(),
            problem());
    status.accept(current);
    shared
        .signals()
        .send(
            new GenerationProgressed(
                shared.clock().instant(),
                current.generation(),
                current.shard(),
                current.positions(),
                current.lag(),
                current.images(),
                current.embedded()));
  }

  private static GenerationStatus.Phase phase(Orders now, boolean reads) {
    if (now.paused()) {
      return GenerationStatus.Phase.PAUSED;
    }
    return reads ? GenerationStatus.Phase.READING : GenerationStatus.Phase.HOLDING;
  }

  /** What is wrong; empty if nothing is. */
  private String problem() {
    return Stream.of(commits.problem(), retries.problem(), measurement.warning())
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("; "));
  }
}
