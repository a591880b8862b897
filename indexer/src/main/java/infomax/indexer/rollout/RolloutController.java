package infomax.indexer.rollout;

import infomax.events.Topic;
import infomax.events.control.IndexGeneration;
import infomax.index.Publications;
import infomax.indexer.rollout.decision.RolloutDecisions;
import infomax.indexer.rollout.verification.Verifier;
import infomax.runtime.control.ControlLog;
import infomax.runtime.health.Check;
import infomax.runtime.health.CheckResult;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.kafka.RecordLoop;
import infomax.runtime.signal.SignalFeed;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rolls generations: alone writes {@code alias/} and {@code generation/} on {@code control}. Every
 * indexer process runs one of these; the one that the consumer group {@value #GROUP} assigns
 * partition 0 of {@code control} acts, the others stand by.
 *
 * <p>Losing the assignment, being fenced, or any failure to write ends a tenure at once; a new one
 * begins with fencing the predecessor and reading {@code control} to its end. One thread polls the
 * group and decides; verifications run on another. Thread-safe.
 */
public final class RolloutController implements AutoCloseable, Check {

  /** The group whose assignment is the office. */
  static final String GROUP = "rollout";

  /** The id under which only one controller can write. */
  static final String TRANSACTIONAL_ID = "rollout";

  private static final Logger LOG = LoggerFactory.getLogger(RolloutController.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final RolloutConfig config;
  private final KafkaClients clients;
  private final Surroundings surroundings;
  private final RolloutDecisions decisions;
  private final VerificationDesk desk;
  private final RecordLoop loop;
  private boolean assigned;
  private Instant resumeAt = Instant.MIN;
  private Instant lastTurn;
  private @Nullable Tenure tenure;
  private volatile boolean acting;
  private volatile String waitingFor = "";
  private volatile String failure = "";

  private RolloutController(
      RolloutConfig config,
      KafkaClients clients,
      Surroundings surroundings,
      VerificationDesk desk) {
    this.config = config;
    this.clients = clients;
    this.surroundings = surroundings;
    this.decisions = new RolloutDecisions(config.policy());
    this.desk = desk;
    this.lastTurn = surroundings.clock().instant();
    this.loop = RecordLoop.start("rollout", this::member, this::turn);
  }

  /**
   * Starts a controller, which stands by until it is assigned the office.
   *
   * @param config how it runs
   * @param clients the cluster
   * @param control the topic control, followed; the caller closes it after this
   * @param signals the topic signals, followed; the caller closes it after this
   * @param publications the publications of every generation
   * @param failures what the indexing in this process reports
   * @param folder where candidates are opened for their verification; used by nobody else
   * @param meters where metrics are registered
   * @param clock what time it is
   */
  public static RolloutController start(
      RolloutConfig config,
      KafkaClients clients,
      ControlLog control,
      SignalFeed signals,
      Publications publications,
      IndexingFailures failures,
      Path folder,
      MeterRegistry meters,
      InstantSource clock) {
    ReplicaReports replicas =
        new ReplicaReports(config.policy().listening(), config.policy().behindMax(), clock);
    signals.follow(replicas);
    ShadowReports shadows = new ShadowReports(clock);
    signals.follow(shadows);
    HeardFailures heard = new HeardFailures(failures, clock);
    signals.follow(heard);
    Verifier verifier =
        new Verifier(publications.store(), clients, folder, config.limits(), failures::isFatal);
    RolloutController controller =
        new RolloutController(
            config,
            clients,
            new Surroundings(
                control, publications, heard, replicas, shadows, new LogWatch(clients), clock),
            new VerificationDesk(verifier, clock));
    RolloutMetrics.register(meters, controller, control);
    return controller;
  }

  /** True while this process is the one that decides. */
  public boolean isActing() {
    return acting;
  }

  /** What the controller waits for, one sentence; empty if for nothing, or if it does not act. */
  public String waitingFor() {
    return waitingFor;
  }

  @Override
  public String name() {
    return "rollout";
  }

  /** Fails if this process cannot take office any more. */
  @Override
  public CheckResult check() {
    return loop.check();
  }

  /** Fails while decisions cannot be written, or the live generation is not indexed any more. */
  public CheckResult readiness() {
    if (!failure.isEmpty()) {
      return CheckResult.failed(failure);
    }
    Optional<IndexGeneration> live = surroundings.control().state().live();
    return live.map(generation -> surroundings.failures().byGeneration().get(generation.number()))
        .map(
            broken ->
                CheckResult.failed(
                    "live generation "
                        + broken.generation()
                        + " is not indexed any more: "
                        + broken.detail()))
        .orElse(CheckResult.ok());
  }

  @Override
  public void close() {
    loop.close();
    endTenure("closing");
    desk.close();
    surroundings.log().close();
  }

  private Consumer<byte[], byte[]> member() {
    Consumer<byte[], byte[]> member =
        clients.groupMember("rollout", GROUP, config.instanceId(), config.sessionTimeout());
    member.subscribe(List.of(Topic.CONTROL.name()), new Office(member));
    return member;
  }

  private void turn(Consumer<byte[], byte[]> member) throws InterruptedException {
    try {
      member.poll(POLL);
    } catch (WakeupException e) {
      endTenure("closing");
      throw e;
    } catch (RuntimeException e) {
      endTenure("no member of the group any more");
      throw e;
    }
    Instant now = surroundings.clock().instant();
    if (Duration.between(lastTurn, now).compareTo(config.sessionTimeout()) > 0) {
      // This process stood still and the office may be another's. If it is, the group says so soon.
      endTenure("stood still since " + lastTurn);
      resumeAt = now.plus(config.sessionTimeout());
    }
    if (assigned && !now.isBefore(resumeAt)) {
      act();
    }
    lastTurn = surroundings.clock().instant();
  }

  private void act() throws InterruptedException {
    try {
      if (tenure == null) {
        tenure = Tenure.begin(clients, surroundings, decisions, desk);
        acting = true;
        LOG.info("instance={} acts as rollout controller", config.instanceId());
      }
      tenure.act();
      waitingFor = tenure.waitingFor();
      failure = "";
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      // Another controller acts. The group will say so; if it does not, the office is still ours.
      endTenure("fenced by another controller");
      resumeAt = surroundings.clock().instant().plus(config.sessionTimeout());
    } catch (java.util.concurrent.TimeoutException | RuntimeException e) {
      LOG.warn("instance={} could not act", config.instanceId(), e);
      failure = String.valueOf(e.getMessage());
      endTenure("could not act");
      resumeAt = surroundings.clock().instant().plus(PAUSE_AFTER_FAILURE);
    }
  }

  private void endTenure(String reason) {
    acting = false;
    waitingFor = "";
    Tenure ended = tenure;
    // First, so that it is over whatever its end meets.
    tenure = null;
    if (ended != null) {
      LOG.info("instance={} stops acting as rollout controller: {}", config.instanceId(), reason);
      ended.close();
    }
  }

  /** Follows the assignment; called on the loop's thread, from within poll. */
  private final class Office implements ConsumerRebalanceListener {

    private final Consumer<byte[], byte[]> member;

    Office(Consumer<byte[], byte[]> member) {
      this.member = member;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      // Membership is all that is wanted; nothing is read through it.
      member.pause(partitions);
      if (!partitions.isEmpty()) {
        assigned = true;
        resumeAt = Instant.MIN;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        assigned = false;
        endTenure("assignment lost");
      }
    }
  }
}
