package infomax.standalone;

import infomax.runtime.process.ChildJvm;
import infomax.runtime.process.ParentWatch;
import infomax.standalone.client.ApiClient;
import infomax.standalone.command.InfomaxMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code infomax serve} as a process of its own, to be asked, stopped and killed. */
public final class ServiceProcess implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(1);
  private static final Pattern PORT = Pattern.compile("listens on port=(\\d+)");

  private final ChildJvm process;
  private final Path folder;
  private final String name;

  private ServiceProcess(ChildJvm process, Path folder, String name) {
    this.process = process;
    this.folder = folder;
    this.name = name;
  }

  /**
   * Starts a service.
   *
   * @param name names its log, different from every other one in the folder
   * @param service what {@code infomax serve} calls it
   * @param settings its settings
   */
  public static ServiceProcess start(
      String name, String service, Map<String, String> settings, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name + ".properties");
    Properties properties = new Properties();
    properties.putAll(settings);
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return new ServiceProcess(
        ChildJvm.start(
            name,
            ServiceProcess.class,
            List.of(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"),
            List.of(service, file.toString()),
            folder),
        folder,
        name);
  }

  /** Runs the service until the parent goes. */
  public static void main(String[] arguments) {
    ParentWatch.install();
    InfomaxMain.main(new String[] {"serve", arguments[0], "--settings", arguments[1]});
  }

  /** Its API, once it listens. */
  public ApiClient api() {
    Awaitility.await(name + " listens")
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> PORT.matcher(log()).find() || !process.isAlive());
    Matcher port = PORT.matcher(log());
    if (!port.find()) {
      throw new AssertionError(name + " ended:\n" + log());
    }
    return new ApiClient(URI.create("http://127.0.0.1:" + port.group(1)));
  }

  /** What it has logged so far. */
  public String log() {
    try {
      Path log = folder.resolve(name + ".log");
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it at once, as {@code kill -9} does. */
  public void kill() {
    process.kill();
  }

  /** Sends a signal, such as {@code STOP}. */
  public void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + signal + " " + name + " failed");
    }
  }

  /** Kills it: how a service stops is not what its tests wait for. */
  @Override
  public void close() {
    process.kill();
  }
}
