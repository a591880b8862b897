package infomax.runtime.signal;

import infomax.events.Json;
import infomax.events.Topic;
import infomax.events.signal.Signal;
import infomax.runtime.kafka.KafkaClients;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends signals, without waiting; one that cannot be sent is logged and lost. Thread-safe. */
public final class SignalSender implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SignalSender.class);

  private final Producer<byte[], byte[]> producer;

  /** A sender with a producer of its own. */
  public SignalSender(KafkaClients clients, String clientId) {
    this.producer = clients.producer(clientId + "-signals");
  }

  /** Sends a signal. */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of a failure
  public void send(Signal signal) {
    try {
      producer.send(
          new ProducerRecord<>(Topic.SIGNALS.name(), 0, null, Json.write(signal)),
          (written, failure) -> {
            if (failure != null) {
              LOG.debug("signal lost: {}", failure.toString());
            }
          });
    } catch (RuntimeException e) {
      LOG.debug("signal lost: {}", e.toString());
    }
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(2));
  }
}
