package infomax.standalone;

import infomax.runtime.config.OwnerOnly;
import infomax.runtime.process.ChildJvm;
import infomax.trainer.TrainerMain;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The trainer in a JVM of its own, which yields the processor once it has started, so that a
 * training never starves a search.
 */
final class TrainerProcess implements AutoCloseable {

  private static final String NAME = "trainer";

  private final Path logs;
  private final Path settingsFile;
  private volatile ChildJvm process;

  private TrainerProcess(Path logs, Path settingsFile, ChildJvm process) {
    this.logs = logs;
    this.settingsFile = settingsFile;
    this.process = process;
  }

  /** Starts the trainer with its settings. */
  static TrainerProcess start(Path logs, Map<String, String> settings) throws IOException {
    Files.createDirectories(logs);
    Path file = logs.resolve("trainer.properties");
    Properties properties = new Properties();
    properties.putAll(settings);
    // Passwords of the cluster and keys of the object store may be among them; a file of an earlier
    // version may be open to all.
    Files.deleteIfExists(file);
    OwnerOnly.create(file);
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
    return new TrainerProcess(logs, file, launch(logs, file));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Starts it again after it ended. */
  void restart() throws IOException {
    process.close();
    process = launch(logs, settingsFile);
  }

  @Override
  public void close() {
    process.close();
  }

  private static ChildJvm launch(Path logs, Path settingsFile) throws IOException {
    return ChildJvm.start(
        NAME,
        TrainerMain.class,
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-Djava.awt.headless=true",
            "-XX:+UseSerialGC",
            "-Xmx1g"),
        List.of("--child", settingsFile.toString()),
        logs);
  }
}
