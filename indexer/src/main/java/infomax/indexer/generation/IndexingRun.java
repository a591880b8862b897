package infomax.indexer.generation;

import infomax.events.Position;
import infomax.events.Positions;
import infomax.events.control.FailureCause;
import infomax.events.signal.Signal.GenerationProgressed;
import infomax.index.PublishedShards;
import infomax.index.ShardWriter;
import infomax.indexer.generation.Orders.Mode;
import infomax.indexer.generation.Orders.Priority;
import infomax.store.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
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

  private static final Duration MEASURE_INTERVAL = Duration.ofMillis(500);
  private static final Duration VERIFY_INTERVAL = Duration.ofSeconds(5);
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);

  /** Far longer than a change of the leader takes to be heard by every generation. */
  private static final Duration LEADER_INTERVAL = Duration.ofSeconds(5);

  private final Parts parts;
  private final SharedResources shared;
  private final IndexingSettings settings;
  private final Supplier<Orders> orders;
  private final Consumer<GenerationStatus> status;
  private final List<Integer> partitions;
  private final LogProgress progress;
  private final CommitCycle commits;
  private final Interval measurements = new Interval(MEASURE_INTERVAL);
  private final Interval verifications = new Interval(VERIFY_INTERVAL);
  private final Interval reports = new Interval(REPORT_INTERVAL);
  private final Interval leaderLooks = new Interval(LEADER_INTERVAL);
  private final HeldLetters heldLetters = new HeldLetters();

  /** What the leader had published at the last two looks, the older first. */
  private final Deque<Positions> ledUpTo = new ArrayDeque<>(List.of(Positions.START));

  private int leader;
  private boolean built;

  IndexingRun(
      Parts parts,
      SharedResources shared,
      IndexingSettings settings,
      Supplier<Orders> orders,
      Consumer<GenerationStatus> status) {
    this.parts = parts;
    this.shared = shared;
    this.settings = settings;
    this.orders = orders;
    this.status = status;
    this.partitions = parts.writer().spec().shardPartitions();
    this.progress = new LogProgress(partitions, parts.begun(), parts.writer().progress());
    this.commits = new CommitCycle(parts, shared, settings.commitInterval());
    this.leader = orders.get().leader();
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
      takeLead(now);
      // Before the first poll: nothing is applied to an index that has missed deletes.
      measure();
      parts.log().readOnly(partition -> isWanted(partition, now));
      int records = apply(parts.log().poll(PACE), now);
      Optional<End> ended = commitIfDue(now);
      if (ended.isPresent()) {
        return ended.get();
      }
      report(now);
      if (records < BATCH_RECORDS) {
        LockSupport.parkNanos(PACE.toNanos() - (System.nanoTime() - startNanos));
      }
    }
    return End.STOPPED;
  }

  /**
   * What the old leader has not published it may not have dead-lettered either. It may have gone on
   * publishing since it stopped to lead, without letters, so that what it had published a while ago
   * counts: a letter may come twice then, but none is lost.
   */
  private void takeLead(Orders now) {
    if (now.leads() && leader != now.leader()) {
      heldLetters.takeFrom(ledUpTo.getFirst()).forEach(parts.deadLetters()::send);
    }
    leader = now.leader();
    if (!now.leads() && leaderLooks.isDue()) {
      leaderLooks.restart();
      lookAtLeader();
    }
  }

  private void lookAtLeader() {
    try {
      shared
          .publications()
          .latest(leader)
          .map(PublishedShards::positions)
          .ifPresent(ledUpTo::addLast);
    } catch (ObjectStoreException e) {
      LOG.debug(
          "generation={} could not look at its leader", parts.writer().spec().generation(), e);
    }
    if (ledUpTo.size() > 2) {
      ledUpTo.removeFirst();
    }
  }

  private boolean isWanted(int partition, Orders now) {
    return switch (now.mode()) {
      case FOLLOW -> true;
      case BUILD -> !built;
      case TARGET ->
          now.target() != null
              && progress.applied().offset(partition) < now.target().offset(partition);
    };
  }

  private int apply(ConsumerRecords<byte[], byte[]> polled, Orders now)
      throws InterruptedException {
    Positions limit = now.mode() == Mode.TARGET ? now.target() : null;
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> consumed : polled) {
      if (limit == null || consumed.offset() < limit.offset(consumed.partition())) {
        records.add(consumed);
      }
    }
    long before = parts.embedding().embedded();
    List<ConsumerRecord<byte[], byte[]>> newest =
        parts
            .replaced()
            .map(known -> records.stream().filter(record -> !known.contains(record)).toList())
            .orElse(records);
    for (Change change : parts.embedding().changes(newest, parts.writer()::find, now.priority())) {
      apply(change, now);
    }
    parts.meters().embedded(parts.embedding().embedded() - before);
    records.forEach(consumed -> progress.sawRecord(Instant.ofEpochMilli(consumed.timestamp())));
    polled.nextOffsets().forEach((partition, next) -> advance(partition, next, limit));
    parts.replaced().ifPresent(known -> known.closeBehind(progress.applied()));
    return records.size();
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
        if (now.leads()) {
          parts.deadLetters().send(reject.letter());
        } else if (now.mode() == Mode.FOLLOW) {
          heldLetters.add(reject.letter());
        }
      }
    }
  }

  private void advance(
      TopicPartition partition, OffsetAndMetadata next, @Nullable Positions limit) {
    int number = partition.partition();
    Position position = new Position(next.offset(), next.leaderEpoch().orElse(Position.NO_EPOCH));
    if (limit != null && position.offset() > limit.offset(number)) {
      // Fetched beyond the target: what lies there is read again when following goes on.
      Positions stop =
          progress.applied().offset(number) > limit.offset(number) ? progress.applied() : limit;
      position = stop.byPartition().getOrDefault(number, Position.of(0));
      parts.log().seek(number, position);
    }
    progress.advance(number, position);
  }

  private Optional<End> commitIfDue(Orders now) throws InterruptedException {
    boolean arrived = false;
    if (now.mode() == Mode.BUILD && !built && progress.reachedEnds()) {
      built = true;
      arrived = true;
      LOG.info(
          "generation={} reached the end of the log and holds", parts.writer().spec().generation());
    }
    if (now.mode() == Mode.TARGET && now.target() != null && progress.hasMoved()) {
      arrived = progress.applied().reaches(now.target().in(partitions));
    }
    commits.every(commitInterval(now));
    if (arrived || (progress.hasMoved() && commits.isDue()) || commits.isDueWhenIdle()) {
      commits.commit(progress);
    }
    return commits.publishIfDue(now.leads());
  }

  /** Small commits cost merges, which an index that nobody searches would take from the others. */
  private Duration commitInterval(Orders now) {
    if (now.mode() == Mode.BUILD && !built) {
      return settings.buildCommitInterval();
    }
    return now.priority() == Priority.STANDBY
        ? settings.standbyCommitInterval()
        : settings.commitInterval();
  }

  private void measure() throws GenerationFailedException {
    if (!measurements.isDue()) {
      return;
    }
    try {
      if (verifications.isDue()) {
        parts.log().verifyTopic();
        verifications.restart();
      }
      Instant asOf = shared.clock().instant();
      progress.measured(parts.log().ends(), asOf);
      parts.meters().lag(progress.lag());
      Optional<String> outdated = progress.outdated(asOf, parts.tombstoneRetention());
      if (outdated.isPresent()) {
        throw new GenerationFailedException(FailureCause.DELETES_MAY_BE_MISSING, outdated.get());
      }
    } catch (RetriableException e) {
      LOG.debug("the ends of the log are unknown for now: {}", e.toString());
    }
    measurements.restart();
  }

  private void report(Orders now) {
    if (!reports.isDue()) {
      return;
    }
    reports.restart();
    boolean reads = false;
    for (int partition : partitions) {
      reads |= isWanted(partition, now);
    }
    GenerationStatus current =
        new GenerationStatus(
            parts.writer().spec().generation(),
            parts.writer().spec().shard(),
            reads ? GenerationStatus.Phase.READING : GenerationStatus.Phase.HOLDING,
            progress.committed(),
            progress.lag(),
            parts.writer().images(),
            parts.embedding().embedded(),
            commits.problem());
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
}
