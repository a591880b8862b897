package infomax.ingest.http;

import infomax.events.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lines of JSON in a temporary file. Few clients read an answer while they send, so the results of
 * a body of any size have to wait somewhere. Used by one thread.
 */
final class ResultSpool implements AutoCloseable {

  private final Path file;
  private final OutputStream output;
  private boolean finished;

  private ResultSpool(Path file, OutputStream output) {
    this.file = file;
    this.output = output;
  }

  static ResultSpool open() throws IOException {
    Path file = Files.createTempFile("infomax-batch", ".ndjson");
    return new ResultSpool(file, new BufferedOutputStream(Files.newOutputStream(file)));
  }

  void add(Object line) throws IOException {
    output.write(Json.write(line));
    output.write('\n');
  }

  /** What was added; the file goes when the stream is closed. */
  InputStream finish() throws IOException {
    output.close();
    finished = true;
    return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
  }

  @Override
  public void close() throws IOException {
    // Closing writes what is buffered, and fails where the disk is full.
    try {
      output.close();
    } finally {
      if (!finished) {
        Files.delete(file);
      }
    }
  }
}
