package infomax.indexer.rollout;

import infomax.events.control.ControlCodec;
import infomax.indexer.rollout.decision.Decision;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The one way decisions about generations and the alias reach {@code control}: in transactions
 * under one transactional id. Beginning fences every earlier holder of the id and aborts what it
 * left open, so that of two controllers that both believe in their office only the later one can
 * write. Not thread-safe.
 */
final class ControlTransactions implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final Producer<byte[], byte[]> producer;

  private ControlTransactions(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Fences earlier holders of the id.
   *
   * @throws KafkaException if the cluster does not answer
   */
  static ControlTransactions begin(KafkaClients clients, String transactionalId) {
    Producer<byte[], byte[]> producer = clients.transactionalProducer(transactionalId, TIMEOUT);
    try {
      producer.initTransactions();
      return new ControlTransactions(producer);
    } catch (RuntimeException e) {
      producer.close(CLOSE_TIMEOUT);
      throw e;
    }
  }

  /**
   * Writes all of them or none.
   *
   * @throws KafkaException if a later holder has fenced this one, or the outcome is unknown; this
   *     object is of no use any more then, and the log says what holds
   */
  void write(List<Decision> decisions) {
    producer.beginTransaction();
    for (Decision decision : decisions) {
      ProducerRecord<byte[], byte @Nullable []> written =
          switch (decision) {
            case Decision.Write write -> ControlCodec.write(write.event());
            case Decision.Tombstone tombstone -> ControlCodec.tombstone(tombstone.key());
          };
      send(written);
    }
    producer.commitTransaction();
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }

  /** A failure shows at the commit, which fails then. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(ProducerRecord<byte[], byte @Nullable []> written) {
    producer.send(written);
  }
}
