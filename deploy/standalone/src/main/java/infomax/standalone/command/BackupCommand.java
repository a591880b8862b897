package infomax.standalone.command;

import infomax.indexer.backup.BackupPlace;
import infomax.store.StoreLocation;
import java.time.InstantSource;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code infomax backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copies what answers now, the live generation's index and its encoder, into a folder or bucket.",
      "Nothing stops meanwhile. A place may hold many backups; each adds what the others lack, and is",
      "there wholly or not at all. Run it again after a failure. The images are not in it: their",
      "backup is Kafka's."
    })
final class BackupCommand extends ClusterCommand {

  @Parameters(index = "0", paramLabel = "PLACE", description = "a folder, or s3://bucket/prefix")
  private String place = "";

  @Override
  void run(Cluster cluster) {
    BackupPlace backups = new BackupPlace(StoreLocation.of(place, cluster.settings()).open());
    BackupPlace.Written written =
        backups.write(cluster.state(), cluster.publications(), InstantSource.system());
    System.out.printf(
        Locale.ROOT,
        "%s: %,d images, encoder %d, %,.1f MB, %d objects copied%n",
        written.name(),
        written.backup().published().images(),
        written.backup().release().version(),
        written.backup().sizeBytes() / 1e6,
        written.copied());
  }
}
