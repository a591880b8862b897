package infomax.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.imaging.bench.SampleImages;
import infomax.runtime.process.ChildJvm;
import infomax.testing.TestingKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty times as many uploads by HTTP as can be taken in: those that are let in are answered soon,
 * the others at once, and the process does not grow.
 */
final class FloodIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final Pattern PORT = Pattern.compile("ingest state=started port=(\\d+)");
  private static final double TIMES = 20;
  private static final int CONNECTIONS = 200;

  /** Sent by few, it takes some milliseconds to decide about. */
  private static final byte[] IMAGE = SampleImages.jpeg(512, 512, 1);

  @TempDir Path folder;

  /**
   * The machine runs the flood and other tests too, so the bounds are wide. That anybody is refused
   * is what matters: room for bodies would let all of them in.
   */
  @Test
  void whoIsLetInIsAnsweredSoonAndTheOthersAtOnce() throws Exception {
    flood(Duration.ofMillis(1_500), Duration.ofSeconds(5), 8_000, 8_000);
  }

  @Test
  @Tag("soak")
  void tenMinutesOfFloodLeaveItsMemoryAsItWas() throws Exception {
    flood(Duration.ofSeconds(10), Duration.ofMinutes(10), 1_000, 100);
  }

  private void flood(
      Duration calm, Duration time, double acceptedMillisMax, double refusedMillisMax)
      throws Exception {
    try (ChildJvm ingest = start()) {
      int port = port();
      new Flood(port, IMAGE).run(4, Double.POSITIVE_INFINITY, calm);
      Flood.Outcome calmly = new Flood(port, IMAGE).run(4, Double.POSITIVE_INFINITY, calm);
      System.out.println("calm " + calmly);
      assertThat(calmly.accepted().count()).isPositive();
      try (Memory memory = Memory.of(ingest.pid())) {
        Flood.Outcome flooded =
            new Flood(port, IMAGE).run(CONNECTIONS, TIMES * calmly.acceptedPerSecond(), time);
        System.out.println("flood " + flooded);
        System.out.println("resident KiB every 10 s: " + memory.samples());
        assertThat(flooded.other() + flooded.broken()).isZero();
        assertThat(flooded.refused().count()).isPositive();
        assertThat(flooded.acceptedPerSecond()).isGreaterThan(calmly.acceptedPerSecond() / 10);
        assertThat(flooded.accepted().quantileMillis(0.99)).isLessThan(acceptedMillisMax);
        assertThat(flooded.refused().quantileMillis(0.99)).isLessThan(refusedMillisMax);
        memory.assertSteady();
      }
      Flood.Outcome afterwards =
          new Flood(port, IMAGE).run(1, Double.POSITIVE_INFINITY, Duration.ofMillis(200));
      assertThat(afterwards.refused().count()).isZero();
      assertThat(afterwards.accepted().count()).isPositive();
    }
  }

  private ChildJvm start() throws IOException {
    Path settings = folder.resolve("ingest.properties");
    Files.writeString(
        settings,
        "kafka.bootstrap-servers=" + KAFKA.clients().bootstrapServers() + "\nhttp.port=0\n");
    return ChildJvm.start(
        "ingest", IngestProcess.class, List.of("-Xmx256m"), List.of(settings.toString()), folder);
  }

  private int port() {
    Path log = folder.resolve("ingest.log");
    Matcher started =
        Awaitility.await("ingest listens")
            .atMost(Duration.ofSeconds(60))
            .until(() -> PORT.matcher(Files.readString(log)), Matcher::find);
    return Integer.parseInt(started.group(1));
  }

  /** Resident size of a process, in KiB, looked at every ten seconds where the system tells. */
  private static final class Memory implements AutoCloseable {

    private static final int SETTLED_SAMPLES = 12;
    private static final double GROWTH_MAX = 1.10;

    private final Path status;
    private final List<Long> samples = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private Memory(Path status) {
      this.status = status;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a sample that fails is missing
    static Memory of(long pid) {
      Memory memory = new Memory(Path.of("/proc", Long.toString(pid), "status"));
      memory.clock.scheduleAtFixedRate(memory::look, 10, 10, TimeUnit.SECONDS);
      return memory;
    }

    synchronized List<Long> samples() {
      return List.copyOf(samples);
    }

    /** A heap grows and shrinks all the time: its largest size after two minutes is what counts. */
    synchronized void assertSteady() {
      if (samples.size() <= SETTLED_SAMPLES) {
        return;
      }
      double settled = Collections.max(samples.subList(0, SETTLED_SAMPLES));
      assertThat(samples.subList(SETTLED_SAMPLES, samples.size()))
          .allSatisfy(sample -> assertThat(sample / settled).isLessThan(GROWTH_MAX));
    }

    private synchronized void look() {
      resident().ifPresent(samples::add);
    }

    private OptionalLong resident() {
      try {
        return Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst();
      } catch (IOException e) {
        return OptionalLong.empty();
      }
    }

    @Override
    public void close() {
      clock.shutdownNow();
    }
  }
}
