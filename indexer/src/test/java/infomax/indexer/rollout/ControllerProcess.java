package infomax.indexer.rollout;

import infomax.events.control.IndexParameters;
import infomax.events.control.ServedPrecision;
import infomax.index.Publications;
import infomax.indexer.rollout.decision.RolloutMode;
import infomax.indexer.rollout.decision.RolloutPolicy;
import infomax.indexer.rollout.verification.VerificationLimits;
import infomax.runtime.control.ControlLog;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.process.ChildJvm;
import infomax.runtime.process.ParentWatch;
import infomax.runtime.signal.SignalFeed;
import infomax.store.ObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A controller alone in a JVM, to be stopped and killed. */
final class ControllerProcess {

  private ControllerProcess() {}

  static ChildJvm start(KafkaClients clients, Path folder, String instanceId) throws IOException {
    return ChildJvm.start(
        "controller-" + instanceId,
        ControllerProcess.class,
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx200m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"),
        List.of(clients.bootstrapServers(), folder.toString(), instanceId),
        folder);
  }

  static RolloutConfig config(String instanceId) {
    return config(instanceId, RolloutMode.AUTOMATIC);
  }

  static RolloutConfig config(String instanceId, RolloutMode mode) {
    return new RolloutConfig(
        instanceId,
        Duration.ofSeconds(3),
        new RolloutPolicy(
            Duration.ofMillis(200),
            Duration.ofSeconds(40),
            Duration.ofSeconds(40),
            200,
            Duration.ofSeconds(10),
            3,
            Duration.ofMillis(500),
            Duration.ofDays(30),
            IndexParameters.DEFAULT,
            ServedPrecision.FLOAT32,
            mode,
            Duration.ofSeconds(20)),
        VerificationLimits.DEFAULT);
  }

  public static void main(String[] arguments) throws Exception {
    ParentWatch.install();
    KafkaClients clients = new KafkaClients(arguments[0]);
    Path folder = Path.of(arguments[1]);
    String instanceId = arguments[2];
    ObjectStore store = ObjectStore.open(folder.resolve("objects"));
    ControlLog control = ControlLog.open(clients, instanceId, Duration.ofSeconds(30));
    SignalFeed signals = SignalFeed.start(clients, instanceId);
    RolloutController controller =
        RolloutController.start(
            config(instanceId),
            clients,
            control,
            signals,
            new Publications(store, InstantSource.system()),
            Map::of,
            folder.resolve("verification-" + instanceId),
            new SimpleMeterRegistry(),
            InstantSource.system());
    Runtime.getRuntime().addShutdownHook(new Thread(controller::close));
    new CountDownLatch(1).await();
  }
}
