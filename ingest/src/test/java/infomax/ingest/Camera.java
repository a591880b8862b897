package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import infomax.events.Topic;
import infomax.runtime.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A producer that uploads about 100 images a second, each under an id of its own, until stopped.
 */
final class Camera implements AutoCloseable {

  private static final long PAUSE_NANOS = 10_000_000;

  private final Producer<byte[], byte[]> producer;
  private final AtomicInteger taken = new AtomicInteger();
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;

  private Camera(Producer<byte[], byte[]> producer) {
    this.producer = producer;
    this.thread = Thread.ofPlatform().name("camera").unstarted(this::run);
  }

  static Camera start(KafkaClients clients) {
    Camera camera = new Camera(clients.producer("camera"));
    camera.thread.start();
    return camera;
  }

  /** Number of images handed to the producer so far. */
  int taken() {
    return taken.get();
  }

  /** Ends the stream and waits until the broker has acknowledged all of it. */
  void stop() throws InterruptedException, ExecutionException {
    stopped = true;
    thread.join();
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join();
    producer.close();
  }

  private void run() {
    while (!stopped) {
      int number = taken.get();
      sent.add(
          producer.send(
              new ProducerRecord<>(
                  Topic.UPLOADS.name(),
                  ("id-" + number).getBytes(UTF_8),
                  TestImages.canonicalJpeg(number))));
      taken.incrementAndGet();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
