package infomax.trainer.snapshot;

import infomax.events.Positions;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEventCodec;
import infomax.events.image.MalformedRecordException;
import infomax.imaging.EncoderPixels;
import infomax.imaging.UndecodableImageException;
import infomax.runtime.kafka.KafkaClients;
import infomax.trainer.snapshot.NewestRecords.Chosen;
import infomax.trainer.snapshot.NewestRecords.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes training snapshots from {@code images}. The log is read twice, from its beginning to its
 * end at the start: first to learn where the newest value of every image lies, then to decode just
 * those. So nothing is decoded in vain and memory holds ids, not images. Thread-safe.
 */
public final class SnapshotReader {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReader.class);

  private final KafkaClients clients;
  private final Limits limits;
  private final InstantSource clock;

  /**
   * What a snapshot may hold.
   *
   * @param inputSize side of the images in pixels
   * @param imagesMax most images; beyond it a uniform draw by id hash stays
   * @param holdOut how many are held out
   */
  public record Limits(int inputSize, int imagesMax, HoldOut holdOut) {
    /** Validates the numbers. */
    public Limits {
      if (inputSize < 1 || imagesMax < 1) {
        throw new IllegalArgumentException(
            "input size %d, at most %d images; expected both above 0"
                .formatted(inputSize, imagesMax));
      }
    }
  }

  /** A reader of the log behind {@code clients}. */
  public SnapshotReader(KafkaClients clients, Limits limits, InstantSource clock) {
    this.clients = clients;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Reads a snapshot into a folder, replacing what is there, and opens it.
   *
   * @throws IOException if an image cannot be written, or decoded for a reason that is not its own,
   *     or if reading took longer than deletes stay in the topic
   */
  public TrainingSnapshot read(Path folder) throws IOException, InterruptedException {
    return read(folder, Optional.empty());
  }

  /**
   * Reads a snapshot as {@link #read(Path)} does, but only up to given positions.
   *
   * @param upTo positions an earlier snapshot was read to; empty for the end of the log
   */
  public TrainingSnapshot read(Path folder, Optional<Positions> upTo)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    DeleteRetention retention = DeleteRetention.of(clients);
    try (LogScan scan = LogScan.open(clients, "trainer-snapshot")) {
      Positions ends = ends(scan, upTo);
      NewestRecords newest = new NewestRecords();
      Positions reached = scan.scan(Positions.START, ends, newest::see);
      retention.requireLongerThan(Duration.ofNanos(System.nanoTime() - startNanos));
      List<Chosen> chosen = newest.choose(limits.imagesMax());
      try (SnapshotWriter writer =
          SnapshotWriter.create(folder, limits.inputSize(), chosen.size())) {
        decode(scan, ends, chosen, writer);
        SnapshotFacts facts =
            writer.finish(chosen, limits.holdOut(), newest.malformed(), reached, clock.instant());
        LOG.info(
            "snapshot images={} held-out={} skipped={} in-log={} digest={} ms={}",
            facts.images(),
            facts.heldOut(),
            facts.skipped(),
            newest.images(),
            facts.digest(),
            (System.nanoTime() - startNanos) / 1_000_000);
      }
    }
    return TrainingSnapshot.open(folder);
  }

  private static Positions ends(LogScan scan, Optional<Positions> upTo) throws IOException {
    Positions ends = scan.ends();
    if (upTo.isPresent() && !ends.reaches(upTo.get())) {
      throw new IOException(
          "the log ends at %s, before %s: it is not the one of the earlier snapshot any more"
              .formatted(ends.byPartition(), upTo.get().byPartition()));
    }
    return upTo.orElse(ends);
  }

  private void decode(LogScan scan, Positions ends, List<Chosen> chosen, SnapshotWriter writer)
      throws IOException, InterruptedException {
    Map<Place, Integer> slots = new HashMap<>();
    for (int slot = 0; slot < chosen.size(); slot++) {
      slots.put(chosen.get(slot).place(), slot);
    }
    try (Decoders decoders = new Decoders()) {
      scan.scan(
          Positions.START,
          ends,
          consumed -> {
            Integer slot = slots.get(new Place(consumed.partition(), consumed.offset()));
            if (slot != null) {
              decoders.decode(() -> decode(consumed, slot, writer));
            }
          });
      decoders.finish();
    }
  }

  private void decode(ConsumerRecord<byte[], byte[]> consumed, int slot, SnapshotWriter writer) {
    try {
      if (ImageEventCodec.read(consumed) instanceof ImageEvent.ImageStored stored) {
        EncoderPixels pixels = EncoderPixels.of(stored.image(), limits.inputSize());
        writer.put(slot, pixels.bytes(), stored.metadata().label().orElse(""));
      }
    } catch (MalformedRecordException | UndecodableImageException e) {
      LOG.debug(
          "record partition={} offset={} skipped: {}",
          consumed.partition(),
          consumed.offset(),
          e.getMessage());
    }
  }
}
