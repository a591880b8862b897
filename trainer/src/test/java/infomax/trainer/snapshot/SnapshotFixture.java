package infomax.trainer.snapshot;

import infomax.events.ImageId;
import infomax.events.Positions;
import infomax.trainer.snapshot.NewestRecords.Chosen;
import infomax.trainer.snapshot.NewestRecords.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/** Snapshots without a broker. */
public final class SnapshotFixture {

  private SnapshotFixture() {}

  /** A snapshot of {@code count} images named {@code image-<n>}. */
  public static TrainingSnapshot write(
      Path folder, int side, int count, IntFunction<byte[]> pixels, IntFunction<String> label)
      throws IOException {
    List<Chosen> chosen = new ArrayList<>();
    for (int image = 0; image < count; image++) {
      ImageId id = new ImageId("image-" + image);
      // The offset remembers which image it is.
      chosen.add(new Chosen(id, IdHash.of(id), new Place(0, image)));
    }
    chosen.sort(Comparator.comparing(Chosen::hash, IdHash.BY_ORDER));
    try (SnapshotWriter writer = SnapshotWriter.create(folder, side, count)) {
      for (int slot = 0; slot < count; slot++) {
        int image = (int) chosen.get(slot).place().offset();
        writer.put(slot, pixels.apply(image), label.apply(image));
      }
      writer.finish(chosen, HoldOut.DEFAULT, 0, Positions.START, Instant.EPOCH);
    }
    return TrainingSnapshot.open(folder);
  }
}
