package infomax.ingest.bench;

import com.sun.management.OperatingSystemMXBean;
import infomax.events.Positions;
import infomax.events.Topic;
import infomax.imaging.StageTimes;
import infomax.imaging.bench.SampleImages;
import infomax.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * How many JPEGs of one size are taken in per second, by each way in, and how many per second of
 * processor time of this process, which is per core; and where that time goes. The clients run in
 * this process too.
 */
final class SpeedRun {

  private static final int CLIENTS = 4;
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final long POLL_NANOS = 20_000_000;
  private static final long TIMEOUT_NANOS = Duration.ofMinutes(5).toNanos();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final KafkaClients clients;
  private final HttpUploads http;
  private final Duration time;

  SpeedRun(KafkaClients clients, HttpUploads http, Duration time) {
    this.clients = clients;
    this.http = http;
    this.time = time;
  }

  /** Measures one size. */
  Map<String, Object> run(int width, int height) throws InterruptedException {
    byte[] jpeg = SampleImages.jpeg(width, height, 1);
    send(jpeg, WARM_UP);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("width", width);
    report.put("height", height);
    report.put("bytes", jpeg.length);
    StageTimes stages = StageTimes.measure(jpeg, WARM_UP);
    report.put("headerMillis", stages.headerMillis());
    report.put("pixelsMillis", stages.pixelsMillis());
    report.put("encodeMillis", stages.encodeMillis());
    long cpuNanos = SYSTEM.getProcessCpuTime();
    long startNanos = System.nanoTime();
    int taken = send(jpeg, time);
    report.put("http", rate(taken, startNanos, cpuNanos, stages));
    cpuNanos = SYSTEM.getProcessCpuTime();
    startNanos = System.nanoTime();
    byUploads(jpeg, taken);
    report.put("uploads", rate(taken, startNanos, cpuNanos, stages));
    return report;
  }

  /** Sends by HTTP from several clients; how many were taken. */
  private int send(byte[] jpeg, Duration forSoLong) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + forSoLong.toNanos();
    AtomicInteger taken = new AtomicInteger();
    Thread[] senders = new Thread[CLIENTS];
    for (int sender = 0; sender < CLIENTS; sender++) {
      senders[sender] =
          Thread.ofPlatform()
              .name("bench-client")
              .start(
                  () -> {
                    while (System.nanoTime() < deadlineNanos) {
                      if (put(jpeg, taken.get())) {
                        taken.incrementAndGet();
                      }
                    }
                  });
    }
    for (Thread sender : senders) {
      sender.join();
    }
    return taken.get();
  }

  private boolean put(byte[] jpeg, int number) {
    try {
      return http.put("speed-" + number, BodyPublishers.ofByteArray(jpeg)).isAccepted();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends {@code count} uploads and waits until the log of images has them. */
  @SuppressWarnings("FutureReturnValueIgnored") // what does not arrive is found missing in the log
  private void byUploads(byte[] jpeg, int count) {
    Positions at = LogReading.end(clients, Topic.IMAGES);
    try (Producer<byte[], byte[]> producer =
        clients.producer("bench-intake-speed", Duration.ofMillis(10))) {
      for (int number = 0; number < count; number++) {
        byte[] key = ("speed-" + number).getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(Topic.UPLOADS.name(), key, jpeg));
      }
    }
    AtomicInteger seen = new AtomicInteger();
    long deadlineNanos = System.nanoTime() + TIMEOUT_NANOS;
    while (seen.get() < count) {
      at = LogReading.read(clients, Topic.IMAGES, at, _ -> seen.incrementAndGet());
      if (System.nanoTime() > deadlineNanos) {
        throw new IllegalStateException(seen + " of " + count + " uploads arrived");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static Map<String, Object> rate(
      int images, long startNanos, long startCpuNanos, StageTimes stages) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double cpuSeconds = (SYSTEM.getProcessCpuTime() - startCpuNanos) / 1e9;
    double cpuMillis = 1e3 * cpuSeconds / Math.max(1, images);
    Map<String, Object> rate = new LinkedHashMap<>();
    rate.put("images", images);
    rate.put("imagesPerSecond", images / seconds);
    rate.put("imagesPerCpuSecond", images / cpuSeconds);
    rate.put("cpuMillis", cpuMillis);
    // HTTP, Kafka, the clients of both, compiling and collecting garbage.
    rate.put("cpuMillisOutsideImaging", cpuMillis - stages.millis());
    return rate;
  }
}
