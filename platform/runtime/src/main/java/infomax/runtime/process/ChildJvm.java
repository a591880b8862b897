package infomax.runtime.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A JVM that runs one of our mains beside this process. It is started through an argument file,
 * since ONNX Runtime 1.29.0 crashes on a command line of about 4 KB, and it holds the reading end
 * of a pipe from here: {@link ParentWatch} in the child stops it when this process goes, however it
 * goes. Thread-safe.
 */
public final class ChildJvm implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChildJvm.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  /**
   * glibc's number of heaps, read when a process starts. Further heaps hold 64 MB at most and map
   * every larger block anew: on two threads a training's convolutions take twice as long then.
   */
  private static final String ARENAS = "MALLOC_ARENA_MAX";

  private static final Path SET_SESSION = Path.of("/usr/bin/setsid");

  private final String name;
  private final Process process;

  private ChildJvm(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts a child.
   *
   * @param name names its log file and its argument file
   * @param mainClass the main to run; it has to call {@link ParentWatch#install}
   * @param jvmArguments arguments before the main class, such as {@code -Xmx256m}
   * @param arguments arguments of the main
   * @param folder where {@code <name>.log} and {@code <name>.args} go; created if missing
   */
  public static ChildJvm start(
      String name,
      Class<?> mainClass,
      List<String> jvmArguments,
      List<String> arguments,
      Path folder)
      throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>(jvmArguments);
    lines.add("-cp");
    lines.add(System.getProperty("java.class.path"));
    lines.add(mainClass.getName());
    lines.addAll(arguments);
    Path argumentFile = folder.resolve(name + ".args");
    Files.writeString(
        argumentFile,
        lines.stream().map(ChildJvm::quoted).collect(Collectors.joining("\n")),
        StandardCharsets.UTF_8);
    List<String> command = new ArrayList<>();
    // A terminal sends SIGINT to its whole process group; in a session of its own a child stops
    // when its parent decides, in the right order.
    if (Files.isExecutable(SET_SESSION)) {
      command.add(SET_SESSION.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + argumentFile);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putIfAbsent(ARENAS, "1");
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()))
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    LOG.info("child={} pid={} started", name, process.pid());
    return new ChildJvm(name, process);
  }

  /** Process id. */
  public long pid() {
    return process.pid();
  }

  /** True while it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended: 0 when asked to through the pipe, 143 by SIGTERM; empty while it runs. */
  public OptionalInt exitValue() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Kills it at once, as {@code kill -9} does, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Asks it to stop by closing the pipe; kills it when it has not stopped after ten seconds. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debug("child={} had closed its pipe already", name);
    }
    try {
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("child={} pid={} did not stop and is killed", name, process.pid());
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  /** The last lines of the child's log, for a message about its end. */
  public static String logTail(Path folder, String name, int lines) {
    Path log = folder.resolve(name + ".log");
    try {
      List<String> all = Files.exists(log) ? Files.readAllLines(log) : List.of();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
