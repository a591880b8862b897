package infomax.indexer.generation;

import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.index.Publications;
import infomax.runtime.control.ControlLog;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.process.ChildJvm;
import infomax.runtime.process.ParentWatch;
import infomax.runtime.signal.SignalSender;
import infomax.runtime.tracing.Tracing;
import infomax.store.ObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Indexes in a JVM of its own, to be stopped; says on its output how it is. */
final class IndexingProcess {

  static final String NAME = "indexing";

  private static final Duration INTERVAL = Duration.ofMillis(200);

  private IndexingProcess() {}

  /**
   * Starts one.
   *
   * @param folder of the log's store and of the local index
   * @param local name of the folder of the local index
   */
  static ChildJvm start(KafkaClients clients, Path folder, String local) throws IOException {
    return ChildJvm.start(
        NAME,
        IndexingProcess.class,
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx200m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"),
        List.of(clients.bootstrapServers(), folder.toString(), local),
        folder);
  }

  public static void main(String[] arguments) throws Exception {
    ParentWatch.install();
    KafkaClients clients = new KafkaClients(arguments[0]);
    Path folder = Path.of(arguments[1]);
    FollowedGenerations generations =
        FollowedGenerations.start(
            clients,
            new Publications(ObjectStore.open(folder.resolve("objects")), InstantSource.system()),
            ControlLog.open(clients, "test-process", Duration.ofSeconds(30)),
            new SignalSender(clients, "test-process"),
            new SimpleMeterRegistry(),
            Tracing.OFF,
            InstantSource.system(),
            new IndexingSettings(
                folder.resolve(arguments[2]),
                2,
                EncoderDevice.CPU,
                INTERVAL,
                INTERVAL,
                INTERVAL,
                Duration.ofHours(1),
                OwnShards.ALL,
                ReleaseTrust.anybody()));
    String before = "";
    while (true) {
      String phases =
          generations.statuses().stream()
              .map(status -> "generation " + status.generation() + " is " + status.phase())
              .collect(Collectors.joining(", "));
      if (!phases.equals(before)) {
        System.out.println(phases);
        before = phases;
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
