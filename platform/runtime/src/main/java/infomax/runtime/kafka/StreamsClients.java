package infomax.runtime.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Clients for Kafka Streams: its own settings win, ours fill in what it leaves open. */
final class StreamsClients implements KafkaClientSupplier {

  private final KafkaClients clients;

  StreamsClients(KafkaClients clients) {
    this.clients = clients;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(merged(clients.adminSettings("streams-admin"), config));
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(
        merged(clients.producerSettings("streams-producer"), config),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  private Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(
        merged(clients.sharedSettings(), config),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Map<String, Object> merged(Map<String, Object> ours, Map<String, Object> theirs) {
    Map<String, Object> merged = new HashMap<>(ours);
    merged.putAll(theirs);
    return merged;
  }
}
