package infomax.trainer.bench;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.ImageFormat;
import infomax.events.image.Metadata;
import infomax.runtime.kafka.KafkaClients;
import infomax.trainer.snapshot.HoldOut;
import infomax.trainer.snapshot.SnapshotReader;
import infomax.trainer.snapshot.TrainingSnapshot;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** How fast a snapshot of many images is read from the log, and what it takes. */
public final class SnapshotBenchmark {

  /** Distinct images; ids are all distinct. Decoding costs the same whatever is in them. */
  private static final int PICTURES = 256;

  private static final int IN_FLIGHT_MAX = 10_000;
  private static final double MEBIBYTE = 1 << 20;
  private static final long SEED = 1;

  private final KafkaClients clients;
  private final int input;
  private final int images;
  private final Path folder;

  /**
   * A benchmark.
   *
   * @param clients of a cluster with an empty topic {@code images}
   * @param folder where the snapshot goes
   */
  public SnapshotBenchmark(KafkaClients clients, int input, int images, Path folder) {
    this.clients = clients;
    this.input = input;
    this.images = images;
    this.folder = folder;
  }

  /**
   * What was measured.
   *
   * @param schema 1
   * @param images in the log and in the snapshot
   * @param input side of the snapshot's images in pixels
   * @param heapLimitMebibytes heap this process may use; all of the snapshot was read within it
   * @param seconds from the first record read to the snapshot on disk
   * @param recordMebibytes all records' values together
   * @param snapshotMebibytes files of the snapshot; while it is read, about twice as much
   * @param digest of the pixel file
   */
  public record Report(
      int schema,
      int images,
      int input,
      double heapLimitMebibytes,
      double seconds,
      double imagesPerSecond,
      double recordMebibytes,
      double snapshotMebibytes,
      Digest digest) {}

  /** Fills the topic, then reads the snapshot. */
  public Report run() throws IOException, InterruptedException {
    long recordBytes = fill();
    long startNanos = System.nanoTime();
    try (TrainingSnapshot snapshot =
        new SnapshotReader(
                clients,
                new SnapshotReader.Limits(input, images, HoldOut.DEFAULT),
                InstantSource.system())
            .read(folder)) {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      if (snapshot.images() != images) {
        throw new IllegalStateException(
            "snapshot of %d images, expected %d".formatted(snapshot.images(), images));
      }
      return new Report(
          1,
          images,
          input,
          Runtime.getRuntime().maxMemory() / MEBIBYTE,
          seconds,
          images / seconds,
          recordBytes / MEBIBYTE,
          bytes(folder) / MEBIBYTE,
          snapshot.facts().digest());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of failures.
  private long fill() throws IOException, InterruptedException {
    List<CanonicalImage> pictures = pictures();
    Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    long bytes = 0;
    try (Producer<byte[], byte[]> producer = clients.producer("bench-snapshot")) {
      for (int image = 0; image < images && failure.get() == null; image++) {
        CanonicalImage picture = pictures.get(image % PICTURES);
        bytes += picture.bytes().length;
        inFlight.acquire();
        producer.send(
            ImageEventCodec.write(
                new ImageEvent.ImageStored(
                    new ImageId("image-" + image), picture, Metadata.of(Map.of()), Map.of())),
            (metadata, exception) -> {
              inFlight.release();
              if (exception != null) {
                failure.set(exception);
              }
            });
      }
      producer.flush();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new IOException("the topic could not be filled", failed);
    }
    return bytes;
  }

  private List<CanonicalImage> pictures() throws IOException {
    Random random = new Random(SEED);
    List<CanonicalImage> pictures = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      BufferedImage picture = new BufferedImage(input, input, BufferedImage.TYPE_INT_RGB);
      int colour = random.nextInt(0x1000000);
      for (int y = 0; y < input; y++) {
        for (int x = 0; x < input; x++) {
          picture.setRGB(x, y, colour + random.nextInt(0x10) * 0x010101 & 0xffffff);
        }
      }
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", png);
      pictures.add(CanonicalImage.of(ImageFormat.PNG, png.toByteArray()));
    }
    return pictures;
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
