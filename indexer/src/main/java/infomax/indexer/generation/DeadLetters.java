package infomax.indexer.generation;

import infomax.events.image.DeadLetter;
import infomax.runtime.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** Writes dead letters and knows when the cluster has them. Used by one thread. */
final class DeadLetters implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> unacknowledged = new ArrayList<>();

  DeadLetters(KafkaClients clients, String clientId) {
    this.producer = clients.producer(clientId);
  }

  void send(DeadLetter letter) {
    unacknowledged.add(producer.send(letter.write()));
  }

  /**
   * Waits until the cluster has every letter sent so far.
   *
   * @throws KafkaException if it refuses one or does not answer
   */
  void awaitAcknowledged() throws InterruptedException {
    for (Future<RecordMetadata> letter : unacknowledged) {
      try {
        letter.get();
      } catch (ExecutionException e) {
        throw new KafkaException("a dead letter could not be written", e.getCause());
      }
    }
    unacknowledged.clear();
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(2));
  }
}
