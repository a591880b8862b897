package infomax.runtime.control;

import infomax.events.control.ControlCodec;
import infomax.events.control.ControlEvent;
import infomax.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Appends decisions outside transactions: releases and requests. Aliases and generations are
 * written by the rollout controller through its own, fenced producer. Thread-safe.
 */
public final class ControlWriter implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;

  /**
   * A writer for a client that waits.
   *
   * @param patience how long the cluster may take; what it does not have by then it will not get
   */
  public ControlWriter(KafkaClients clients, String clientId, Duration patience) {
    this.producer = clients.promptProducer(clientId + "-control", patience);
  }

  /** A writer with a producer of its own, as patient as producers are. */
  public ControlWriter(KafkaClients clients, String clientId) {
    this.producer = clients.producer(clientId + "-control");
  }

  /**
   * Appends a decision and waits until the cluster has it.
   *
   * @return the offset it got
   * @throws KafkaException if the cluster refuses it or does not answer
   */
  public long append(ControlEvent event) throws InterruptedException {
    try {
      RecordMetadata written = producer.send(ControlCodec.write(event)).get();
      return written.offset();
    } catch (ExecutionException e) {
      throw new KafkaException("could not write " + event.key() + " to control", e.getCause());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
