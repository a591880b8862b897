package infomax.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import infomax.events.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A command as it is typed, and what came of it.
 *
 * @param exitCode what a shell sees
 * @param output standard output
 * @param errors standard error
 */
public record Typed(int exitCode, String output, String errors) {

  /** Runs a command in this process; nothing else may print meanwhile. */
  public static Typed run(String... arguments) {
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PrintStream capturedOut = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream capturedErr = new PrintStream(err, false, StandardCharsets.UTF_8)) {
      System.setOut(capturedOut);
      System.setErr(capturedErr);
      int exitCode = InfomaxMain.run(arguments);
      capturedOut.flush();
      capturedErr.flush();
      return new Typed(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  /** Standard output, which is JSON and nothing else. */
  public JsonNode json() throws IOException {
    return Json.mapper()
        .reader()
        .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .readTree(output);
  }
}
