package infomax.standalone.command;

import infomax.events.control.ControlRequest;
import infomax.events.control.ControlRequest.Status;
import infomax.events.control.ControlState;
import infomax.indexer.backup.BackupPlace;
import infomax.indexer.backup.Restoration;
import infomax.runtime.control.ControlWriter;
import infomax.standalone.UserError;
import infomax.store.StoreLocation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infomax restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Brings a backup back as a new generation, without embedding its images again. The backup is",
      "verified, byte by byte, and compared with the log; then the rollout controller is asked to",
      "begin a generation with it, which reads on where the backup ends, is verified like any other",
      "candidate, and goes live."
    })
final class RestoreCommand extends ClusterCommand {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Parameters(index = "0", paramLabel = "PLACE", description = "a folder, or s3://bucket/prefix")
  private String place = "";

  @Option(names = "--backup", paramLabel = "NAME", description = "which one (default: the newest)")
  private @Nullable String name;

  @Option(
      names = "--why",
      defaultValue = "infomax restore",
      description = "why, kept with the request")
  private String why = "";

  @Override
  void run(Cluster cluster) throws TimeoutException, InterruptedException {
    BackupPlace backups = new BackupPlace(StoreLocation.of(place, cluster.settings()).open());
    ControlRequest request =
        new Restoration(cluster.clients(), cluster.publications(), InstantSource.system())
            .prepare(backups, chosen(backups), cluster.state(), ClientCommand.user(), why);
    try (ControlWriter writer = new ControlWriter(cluster.clients(), "command")) {
      writer.append(request);
    }
    ControlRequest done = awaitEnd(cluster, request);
    if (done.status() != Status.DONE) {
      throw new UserError("the backup was not restored: " + done.outcome());
    }
    System.out.println(done.outcome() + "; follow it with ./infomax generations");
  }

  private String chosen(BackupPlace backups) {
    if (name != null) {
      return name;
    }
    List<String> names = backups.names();
    if (names.isEmpty()) {
      throw new UserError(place + " holds no complete backup; make one with ./infomax backup");
    }
    return names.getLast();
  }

  private static ControlRequest awaitEnd(Cluster cluster, ControlRequest request)
      throws InterruptedException {
    try {
      ControlState state =
          cluster
              .control()
              .await(
                  now -> {
                    ControlRequest found = now.requests().get(request.id());
                    return found != null && found.status().isFinal();
                  },
                  PATIENCE);
      return Objects.requireNonNull(state.requests().get(request.id()));
    } catch (TimeoutException e) {
      throw new UserError(
          "no rollout controller has taken request "
              + request.id()
              + " yet; it stays until "
              + request.expiresAt()
              + ": start an indexer",
          e);
    }
  }
}
