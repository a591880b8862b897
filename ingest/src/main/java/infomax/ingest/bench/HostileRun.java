package infomax.ingest.bench;

import infomax.events.Positions;
import infomax.events.Topic;
import infomax.events.image.DeadLetter;
import infomax.imaging.bench.HostileImages;
import infomax.imaging.bench.HostileImages.Input;
import infomax.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Sends a hostile stream, three uploads in four by HTTP and the fourth by {@code images.uploads},
 * and finds in the log what became of each. Used once.
 */
final class HostileRun {

  private static final int SENDERS = 4;
  private static final int KAFKA_EVERY = 4;
  private static final String PREFIX = "intake-";
  private static final long ANSWERS_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final KafkaClients clients;
  private final HttpUploads http;
  private final HostileImages uploads;
  private final int count;
  private final IntakeTally tally = new IntakeTally();
  private final AtomicLong next = new AtomicLong();
  private final AtomicInteger busy = new AtomicInteger();

  /** By number; what the log has to show. */
  private final BitSet acceptedByHttp = new BitSet();

  private final BitSet sentByKafka = new BitSet();

  HostileRun(KafkaClients clients, HttpUploads http, long seed, int count) {
    this.clients = clients;
    this.http = http;
    this.uploads = HostileImages.of(seed);
    this.count = count;
  }

  /** Runs to the end: every upload is answered or counted as unanswered. */
  IntakeTally run() throws InterruptedException {
    Positions images = LogReading.end(clients, Topic.IMAGES);
    Positions rejected = LogReading.end(clients, Topic.REJECTED);
    try (Producer<byte[], byte[]> producer = clients.producer("bench-intake-hostile")) {
      ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
      List<Future<?>> running = new ArrayList<>();
      for (int sender = 0; sender < SENDERS; sender++) {
        running.add(senders.submit(() -> send(producer)));
      }
      senders.shutdown();
      for (Future<?> one : running) {
        one.get();
      }
      producer.flush();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a sender failed", e.getCause());
    }
    readLog(images, rejected);
    return tally;
  }

  /** How often the service had no room and the upload was sent again. */
  int busy() {
    return busy.get();
  }

  private void send(Producer<byte[], byte[]> producer) {
    for (long number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
      Input input = uploads.input(number);
      String id = PREFIX + number + "." + input.ending();
      if (number % KAFKA_EVERY == 0) {
        byKafka(producer, number, id, input);
      } else {
        byHttp(number, id, input);
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what does not arrive is found missing in the log
  private void byKafka(Producer<byte[], byte[]> producer, long number, String id, Input input) {
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    try {
      producer.send(new ProducerRecord<>(Topic.UPLOADS.name(), key, input.bytes()));
      synchronized (sentByKafka) {
        sentByKafka.set((int) number);
      }
    } catch (KafkaException e) {
      tally.unanswered(number, input, e.toString());
    }
  }

  private void byHttp(long number, String id, Input input) {
    try {
      while (true) {
        long startNanos = System.nanoTime();
        HttpUploads.Answer answer = http.put(id, BodyPublishers.ofByteArray(input.bytes()));
        long elapsedNanos = System.nanoTime() - startNanos;
        if (answer.isBusy()) {
          busy.incrementAndGet();
          LockSupport.parkNanos(PAUSE_NANOS);
          continue;
        }
        if (answer.isAccepted()) {
          tally.acceptedByHttp(number, input, elapsedNanos);
          synchronized (acceptedByHttp) {
            acceptedByHttp.set((int) number);
          }
        } else if (answer.reason().isPresent()) {
          tally.refusedByHttp(number, input, answer.reason().get(), elapsedNanos);
        } else {
          tally.unanswered(number, input, "HTTP " + answer.status() + " without a reason");
        }
        return;
      }
    } catch (IOException e) {
      tally.unanswered(number, input, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until every upload that has to be in the log is, and judges what came by Kafka. */
  private void readLog(Positions images, Positions rejected) {
    Positions imagesRead = images;
    Positions rejectedRead = rejected;
    long deadlineNanos = System.nanoTime() + ANSWERS_TIMEOUT_NANOS;
    while (System.nanoTime() < deadlineNanos) {
      imagesRead =
          LogReading.read(
              clients,
              Topic.IMAGES,
              imagesRead,
              written -> {
                int number = number(written.key());
                if (sentByKafka.get(number)) {
                  sentByKafka.clear(number);
                  tally.accepted(number, uploads.input(number));
                }
                acceptedByHttp.clear(number);
              });
      rejectedRead =
          LogReading.read(
              clients,
              Topic.REJECTED,
              rejectedRead,
              written -> {
                int number = number(written.key());
                sentByKafka.clear(number);
                tally.refused(
                    number, uploads.input(number), DeadLetter.read(written).rejection().reason());
              });
      if (sentByKafka.isEmpty() && acceptedByHttp.isEmpty()) {
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    sentByKafka.stream()
        .forEach(number -> tally.unanswered(number, uploads.input(number), "nothing in the log"));
    acceptedByHttp.stream()
        .forEach(number -> tally.unanswered(number, uploads.input(number), "lost after its 202"));
  }

  private static int number(byte[] key) {
    String id = new String(key, StandardCharsets.UTF_8);
    return Integer.parseInt(id.substring(PREFIX.length(), id.indexOf('.')));
  }
}
