package infomax.indexer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.control.EncoderRelease;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.image.ImageEvent;
import infomax.index.Manifest;
import infomax.index.PublishedIndex;
import infomax.testing.TestingKafka;
import infomax.testing.TinyEncoder;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast a generation is built, and how fresh it is at 200 images/s while a second one is built
 * beside it. {@code -Dspeed.onnx=FILE -Dspeed.dimensions=N} takes a real encoder of 32 px.
 */
@Tag("soak")
final class IndexingSpeedIT {

  private static final int BUILT = Integer.getInteger("speed.images", 5_000);
  private static final int SECONDS = Integer.getInteger("speed.seconds", 30);
  private static final int PER_SECOND = 200;
  private static final int BATCHES_PER_SECOND = 4;

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  @TempDir Path folder;

  @Test
  void isFreshWhileAnotherIsBuilt() throws Exception {
    try (IndexedLog log = new IndexedLog(KAFKA.clients(), folder, 5)) {
      log.commitInterval = Duration.ofMillis(500);
      for (int from = 0; from < BUILT; from += 500) {
        log.write(log.images("built-" + from, 500));
      }
      IndexGeneration first = log.begin(1, encoder(log, 1));
      long startNanos = System.nanoTime();
      log.start("local");
      log.awaitEnd(1);
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      System.out.printf("built %d images in %.1f s: %.0f/s%n", BUILT, seconds, BUILT / seconds);
      log.enter(first, GenerationState.LIVE);
      log.alias(1);

      List<List<ImageEvent>> stream = new ArrayList<>();
      for (int batch = 0; batch < SECONDS * BATCHES_PER_SECOND; batch++) {
        stream.add(log.images("stream-" + batch, PER_SECOND / BATCHES_PER_SECOND));
      }
      log.begin(2, encoder(log, 2));
      long beginNanos = System.nanoTime();
      for (int batch = 0; batch < stream.size(); batch++) {
        log.write(stream.get(batch));
        long due = beginNanos + (batch + 1) * 1_000_000_000L / BATCHES_PER_SECOND;
        LockSupport.parkNanos(due - System.nanoTime());
      }
      System.out.printf(
          "streamed %d images in %.1f s%n",
          SECONDS * PER_SECOND, (System.nanoTime() - beginNanos) / 1e9);
      print(log, "infomax.indexer.freshness");
      print(log, "infomax.indexer.commit");
      print(log, "infomax.indexer.publish");
      Manifest manifest = log.awaitEnd(1);
      try (PublishedIndex index = log.open(manifest, "check")) {
        log.assertEqualsTopic(index);
      }
      log.awaitEnd(2);
    }
  }

  private static EncoderRelease encoder(IndexedLog log, int version) throws Exception {
    String file = System.getProperty("speed.onnx");
    return file == null
        ? log.release(version, TinyEncoder.onnx(IndexedLog.INPUT_SIZE, 256, version), 256)
        : log.release(
            version,
            Files.readAllBytes(Path.of(file)),
            Integer.getInteger("speed.dimensions", 256));
  }

  private static void print(IndexedLog log, String name) {
    Timer timer = log.meters.get(name).tag("generation", "1").timer();
    assertThat(timer.count()).isPositive();
    StringBuilder line = new StringBuilder(name + " count " + timer.count());
    for (ValueAtPercentile value : timer.takeSnapshot().percentileValues()) {
      line.append(
          String.format(
              " p%.0f %.0f ms", 100 * value.percentile(), value.value(TimeUnit.MILLISECONDS)));
    }
    System.out.println(line);
  }
}
