package infomax.standalone.command;

import infomax.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --data}: where a benchmark of the whole system keeps everything. */
final class BenchFolder {

  @Option(
      names = "--data",
      description =
          "new folder for log, index and everything else, kept afterwards (default: a temporary"
              + " one, deleted afterwards)")
  private @Nullable Path data;

  /** Runs a benchmark in the folder. */
  <T> T in(Benchmark<T> benchmark) throws IOException, InterruptedException {
    if (data != null) {
      if (Files.exists(data)) {
        throw new UserError("--data " + data + " exists, expected a new folder");
      }
      return benchmark.run(data);
    }
    Path temporary = Files.createTempDirectory("infomax-bench");
    try {
      return benchmark.run(temporary.resolve("data"));
    } finally {
      delete(temporary);
    }
  }

  /** Deletes a folder and everything in it. */
  static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** Something that needs a folder. */
  @FunctionalInterface
  interface Benchmark<T> {
    /** Runs it. */
    T run(Path folder) throws IOException, InterruptedException;
  }
}
