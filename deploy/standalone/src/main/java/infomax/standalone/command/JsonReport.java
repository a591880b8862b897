package infomax.standalone.command;

import infomax.events.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --json}: where the report of a benchmark goes. */
final class JsonReport {

  @Option(names = "--json", description = "file for the report (default: standard output)")
  private @Nullable Path file;

  /** Writes the report as one JSON object. */
  void write(Object report) throws IOException {
    byte[] json = Json.write(report);
    if (file == null) {
      System.out.writeBytes(json);
      System.out.println();
    } else {
      Files.write(file, json);
    }
  }
}
