package infomax.ingest;

import infomax.runtime.process.ParentWatch;
import java.io.IOException;

/** Ingest in a JVM of its own that ends with the test. */
public final class IngestProcess {

  private IngestProcess() {}

  /** Runs {@link IngestMain}. */
  public static void main(String[] arguments) throws IOException {
    ParentWatch.install();
    IngestMain.main(arguments);
  }
}
