package infomax.indexer.rollout;

import static infomax.indexer.rollout.ControllerProcess.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.events.control.ControlCodec;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Kind;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.index.Publications;
import infomax.indexer.rollout.decision.Decision;
import infomax.indexer.rollout.decision.RolloutDecisions;
import infomax.indexer.rollout.verification.VerificationLimits;
import infomax.indexer.rollout.verification.Verifier;
import infomax.runtime.control.ControlLog;
import infomax.runtime.control.ControlWriter;
import infomax.runtime.kafka.KafkaClients;
import infomax.store.ObjectStore;
import infomax.testing.TestingKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two holders of the office at the same time: only the later one can write. */
class TenureIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void anEarlierTenureCannotWriteAndChangesNothing() throws Exception {
    KafkaClients clients = KAFKA.clients();
    try (ControlLog control = ControlLog.open(clients, "test", PATIENCE);
        LogWatch log = new LogWatch(clients);
        ControlWriter requests = new ControlWriter(clients, "test")) {
      Publications publications =
          new Publications(ObjectStore.open(folder.resolve("objects")), InstantSource.system());
      Surroundings surroundings =
          new Surroundings(
              control,
              publications,
              Map::of,
              new ReplicaReports(
                  Duration.ofSeconds(3), Duration.ofMillis(500), InstantSource.system()),
              new ShadowReports(InstantSource.system()),
              log,
              InstantSource.system());
      Verifier verifier =
          new Verifier(
              publications.store(),
              clients,
              folder.resolve("verification"),
              VerificationLimits.DEFAULT,
              image -> false);
      RolloutDecisions decisions = new RolloutDecisions(config("a").policy());
      try (VerificationDesk desk = new VerificationDesk(verifier, InstantSource.system());
          Tenure earlier = Tenure.begin(clients, surroundings, decisions, desk)) {
        requests.append(request("first"));
        awaitStatus(control, "first", Status.PENDING);
        earlier.act();
        assertThat(control.state().requests().get("first").status()).isEqualTo(Status.FAILED);

        try (Tenure later = Tenure.begin(clients, surroundings, decisions, desk)) {
          requests.append(request("second"));
          awaitStatus(control, "second", Status.PENDING);
          assertThatThrownBy(earlier::act).isInstanceOf(KafkaException.class);
          control.awaitEnd(clients, "test", PATIENCE);
          assertThat(control.state().requests().get("second").status()).isEqualTo(Status.PENDING);
          later.act();
          assertThat(control.state().requests().get("second").status()).isEqualTo(Status.FAILED);
        }
      }
    }
  }

  @Test
  void whatAPredecessorLeftOpenIsAborted() throws Exception {
    KafkaClients clients = KAFKA.clients();
    try (ControlLog control = ControlLog.open(clients, "test", PATIENCE);
        Producer<byte[], byte[]> killed =
            clients.transactionalProducer(
                RolloutController.TRANSACTIONAL_ID, Duration.ofSeconds(60))) {
      killed.initTransactions();
      killed.beginTransaction();
      killed.send(ControlCodec.write(request("left-open"))).get();

      try (ControlTransactions successor =
          ControlTransactions.begin(clients, RolloutController.TRANSACTIONAL_ID)) {
        successor.write(List.of(new Decision.Write(request("after"))));
        ControlState state = control.await(seen -> seen.requests().containsKey("after"), PATIENCE);
        assertThat(state.requests()).containsOnlyKeys("after");
        successor.write(List.of(new Decision.Tombstone("request/after")));
        control.await(seen -> seen.requests().isEmpty(), PATIENCE);
      }
      assertThatThrownBy(killed::commitTransaction).isInstanceOf(KafkaException.class);
    }
  }

  private static void awaitStatus(ControlLog control, String id, Status status) throws Exception {
    control.await(
        state -> state.requests().containsKey(id) && state.requests().get(id).status() == status,
        PATIENCE);
  }

  private static ControlRequest request(String id) {
    return new ControlRequest(
        id,
        Kind.ROLLBACK,
        Map.of(),
        "tester",
        "a test",
        Instant.now(),
        Instant.now().plusSeconds(60),
        Status.PENDING,
        "");
  }
}
