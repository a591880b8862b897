package infomax.indexer.generation;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.runtime.control.ControlLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what nobody needs any more from the store: old publications of the shards that are
 * indexed here, and objects that nothing names. On a thread of its own: in a bucket, reading the
 * publications of a shard takes seconds.
 */
final class StoreTidying implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreTidying.class);
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration GARBAGE_INTERVAL = Duration.ofSeconds(30);
  private static final Duration SWEEP_INTERVAL = Duration.ofHours(6);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /** Publications that stay however old they are. */
  private static final int PUBLICATIONS_KEPT = 3;

  /** Longest that a reader may take to fetch what was the newest publication when it began. */
  private static final Duration PUBLICATION_GRACE = Duration.ofMinutes(10);

  /** An object may be stored this long before something names it. */
  private static final Duration OBJECT_GRACE = Duration.ofHours(24);

  private static final String CLIENT_ID = "indexer-sweep";
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(10);

  private final SharedResources shared;
  private final ControlLog control;
  private final Supplier<Set<Shard>> shards;
  private final Interval collecting = new Interval(GARBAGE_INTERVAL);
  private final Interval sweeping = new Interval(SWEEP_INTERVAL);
  private final Thread thread;
  private volatile boolean closing;

  /**
   * Tidies nothing until it is started.
   *
   * @param shards what is indexed here
   */
  StoreTidying(SharedResources shared, ControlLog control, Supplier<Set<Shard>> shards) {
    this.shared = shared;
    this.control = control;
    this.shards = shards;
    this.thread = Thread.ofPlatform().name("indexer-tidying").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      try {
        TimeUnit.MILLISECONDS.sleep(TURN.toMillis());
        tidy();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("the store could not be tidied, trying again", e);
      }
    }
  }

  private void tidy() throws InterruptedException {
    if (collecting.isDue()) {
      collecting.restart();
      for (Shard shard : shards.get()) {
        shared
            .publications()
            .collectGarbage(
                shard.generation(), shard.shard(), PUBLICATIONS_KEPT, PUBLICATION_GRACE);
      }
    }
    if (sweeping.isDue()) {
      sweeping.restart();
      sweep();
    }
  }

  /**
   * Deletes objects that a crash left before anything named them. The time is taken first and
   * {@code control} read to its end after it: to a process that stood still for days, before this
   * or in the middle of it, what was stored meanwhile would else be old and named by nobody.
   */
  private void sweep() throws InterruptedException {
    Instant olderThan = shared.clock().instant().minus(OBJECT_GRACE);
    try {
      control.awaitEnd(shared.clients(), CLIENT_ID, CONTROL_TIMEOUT);
    } catch (TimeoutException e) {
      LOG.warn("nothing is swept before control can be read: {}", e.getMessage());
      return;
    }
    RestoreClaims.giveUp(shared.publications(), control.state(), olderThan);
    Set<Digest> named = shared.publications().objects();
    for (EncoderRelease release : control.state().encoders().values()) {
      named.addAll(release.objects().values());
    }
    int deleted = shared.publications().store().collectGarbage(named::contains, olderThan);
    if (deleted > 0) {
      LOG.info("objects nobody names deleted, count={}", deleted);
    }
  }
}
