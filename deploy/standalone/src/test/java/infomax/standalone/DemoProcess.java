package infomax.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import infomax.standalone.client.ApiClient;
import infomax.standalone.command.InfomaxMain;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code infomax demo} as a real process with its children, to be watched and killed. */
final class DemoProcess implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("open (http://localhost:\\d+)");

  private static final List<String> AS_SHIPPED = List.of("-XX:+UseParallelGC");
  private static final List<String> SHORT_LIVED =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Process process;
  private final Path output;
  private final Path argumentFile;
  private final List<ProcessHandle> orphans = new ArrayList<>();

  private DemoProcess(Process process, Path output, Path argumentFile) {
    this.process = process;
    this.output = output;
    this.argumentFile = argumentFile;
  }

  /**
   * Starts a demo on a free port.
   *
   * @param data its data folder
   * @param arguments further arguments of {@code infomax demo}
   */
  static DemoProcess start(Path data, String... arguments) throws IOException {
    return start(List.of(), AS_SHIPPED, data, arguments);
  }

  /** The same, started by another program such as {@code unshare}. */
  static DemoProcess startUnder(List<String> prefix, Path data, String... arguments)
      throws IOException {
    return start(prefix, AS_SHIPPED, data, arguments);
  }

  /**
   * The same for a demo that is killed or done after a minute or two, and of which nothing is asked
   * within seconds: compiling it well would cost more than it gives.
   */
  static DemoProcess startShortLived(Path data, String... arguments) throws IOException {
    return start(List.of(), SHORT_LIVED, data, arguments);
  }

  private static DemoProcess start(
      List<String> prefix, List<String> flags, Path data, String... arguments) throws IOException {
    Path output = Files.createTempFile("infomax-demo", ".out");
    Path argumentFile = Files.createTempFile("infomax-demo", ".args");
    List<String> lines = new ArrayList<>();
    lines.add("@" + Path.of(System.getProperty("infomax.root"), "deploy", "jvm.args"));
    lines.add("--add-modules=jdk.incubator.vector");
    lines.addAll(flags);
    lines.add("-Xmx1g");
    lines.add("-cp");
    lines.add('"' + System.getProperty("java.class.path") + '"');
    lines.add(InfomaxMain.class.getName());
    lines.addAll(List.of("demo", "--no-browser", "--port", "0", "--data", data.toString()));
    lines.addAll(List.of(arguments));
    // An argument file cannot name another one, so that one goes on the command line.
    String options = lines.removeFirst();
    Files.writeString(argumentFile, String.join("\n", lines), StandardCharsets.UTF_8);
    List<String> command = new ArrayList<>(prefix);
    // A test run in the background of a shell ignores Ctrl-C, and so would its children.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(options);
    command.add("@" + argumentFile);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    // Beside a stream on a small machine a training takes minutes that no test has to wait for.
    builder.environment().put("INFOMAX_TRAINER__NICE", "5");
    Process process = builder.start();
    return new DemoProcess(process, output, argumentFile);
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The API, once the demo says where it is. */
  ApiClient api(Duration timeout) {
    Awaitility.await()
        .atMost(timeout)
        .until(() -> ADDRESS.matcher(output()).find() || !process.isAlive());
    Matcher address = ADDRESS.matcher(output());
    if (!address.find()) {
      throw new AssertionError("the demo did not start:\n" + output());
    }
    return new ApiClient(URI.create(address.group(1)));
  }

  /** Waits for a line that contains {@code text}. */
  void awaitOutput(String text, Duration timeout) {
    Awaitility.await(text)
        .atMost(timeout)
        .until(() -> output().contains(text) || !process.isAlive());
    if (!output().contains(text)) {
      throw new AssertionError("the demo ended before it said '" + text + "':\n" + output());
    }
  }

  /** Kills the process with the services, as {@code kill -9} does; its children end themselves. */
  void kill() {
    orphans.addAll(process.descendants().toList());
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Kills a child, {@code broker} or {@code trainer}, as {@code kill -9} does. */
  void killChild(String name) {
    ProcessHandle child =
        child(name).orElseThrow(() -> new AssertionError("no child " + name + " runs"));
    child.destroyForcibly();
    child.onExit().join();
  }

  /** A running child. */
  Optional<ProcessHandle> child(String name) {
    return process
        .descendants()
        .filter(handle -> handle.info().commandLine().orElse("").contains("/" + name + ".args"))
        .findFirst();
  }

  /** Sends the signal of Ctrl-C. */
  void interrupt() throws IOException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().onExit().join();
  }

  /** All processes of the demo that run now. */
  List<ProcessHandle> processes() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    return all;
  }

  /** Waits for the end and returns the exit code. */
  int awaitExit(Duration timeout) throws InterruptedException {
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the demo did not end within " + timeout + ":\n" + output());
    }
    return process.exitValue();
  }

  /** A summary file. */
  static JsonNode summary(Path file) throws IOException {
    return Json.mapper().readTree(Files.readAllBytes(file));
  }

  /** Ends everything and waits for it, so that the data folder can be deleted; so is its output. */
  @Override
  public void close() throws IOException {
    List<ProcessHandle> running = processes();
    running.forEach(ProcessHandle::destroyForcibly);
    running.forEach(handle -> handle.onExit().join());
    orphans.forEach(handle -> handle.onExit().join());
    Files.deleteIfExists(output);
    Files.deleteIfExists(argumentFile);
  }
}
