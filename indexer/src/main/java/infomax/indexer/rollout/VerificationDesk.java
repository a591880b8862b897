package infomax.indexer.rollout;

import infomax.indexer.rollout.decision.VerificationStatus;
import infomax.indexer.rollout.decision.VerificationStatus.Idle;
import infomax.indexer.rollout.decision.VerificationStatus.Running;
import infomax.indexer.rollout.verification.VerificationOrder;
import infomax.indexer.rollout.verification.VerificationUnavailableException;
import infomax.indexer.rollout.verification.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one verification at a time on a thread of its own. One that was dropped is
 * interrupted and its outcome is never seen. Thread-safe.
 */
final class VerificationDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(VerificationDesk.class);
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
  private static final VerificationStatus NONE = new Idle(Instant.MIN, "");

  private final Verifier verifier;
  private final InstantSource clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().name("rollout-verification").daemon(true).unstarted(task));
  private @Nullable Future<?> running;
  private VerificationStatus status = NONE;
  private long current;

  VerificationDesk(Verifier verifier, InstantSource clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  synchronized VerificationStatus status() {
    return status;
  }

  /** Begins a verification in place of any other. */
  synchronized void begin(VerificationOrder order) {
    drop();
    long number = current;
    status = new Running(order.generation().number(), clock.instant());
    running = thread.submit(() -> settle(number, carryOut(order)));
  }

  /** Cannot begin one now; it is tried again after a pause. */
  synchronized void postpone(String why) {
    drop();
    status = new Idle(clock.instant().plus(PAUSE), why);
  }

  /** Forgets whatever runs or has finished. */
  synchronized void drop() {
    current++;
    status = NONE;
    if (running != null) {
      running.cancel(true);
      running = null;
    }
  }

  @Override
  public void close() {
    drop();
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a verification did not end within {} s", CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void settle(long number, VerificationStatus outcome) {
    if (number == current) {
      status = outcome;
    }
  }

  private VerificationStatus carryOut(VerificationOrder order) {
    int generation = order.generation().number();
    try {
      return verifier.verify(order);
    } catch (VerificationUnavailableException e) {
      LOG.warn("generation={} could not be verified: {}", generation, e.getMessage());
      return new Idle(clock.instant().plus(PAUSE), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("generation={} could not be verified", generation, e);
      return new Idle(clock.instant().plus(PAUSE), e.toString());
    }
  }
}
