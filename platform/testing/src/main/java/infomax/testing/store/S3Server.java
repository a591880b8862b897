package infomax.testing.store;

import infomax.runtime.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A real S3 server (S3Proxy) in a JVM of its own, with its bucket in memory. Signatures are not
 * checked.
 */
public final class S3Server implements AutoCloseable {

  /** The one bucket. */
  public static final String BUCKET = "infomax-test";

  private static final String NAME = "s3-server";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final ChildJvm process;
  private final int port;
  private final Path faults;

  private S3Server(ChildJvm process, int port, Path faults) {
    this.process = process;
    this.port = port;
    this.faults = faults;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param folder for its log
   */
  public static S3Server start(Path folder) throws IOException {
    Path portFile = folder.resolve(NAME + ".port");
    Files.createDirectories(folder);
    Files.deleteIfExists(portFile);
    Path faults = folder.resolve(NAME + ".faulty");
    ChildJvm process =
        ChildJvm.start(
            NAME,
            S3ServerMain.class,
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            List.of(portFile.toString(), faults.toString()),
            folder);
    try {
      Awaitility.await()
          .atMost(START_TIMEOUT)
          .until(() -> Files.exists(portFile) || !process.isAlive());
      if (!process.isAlive()) {
        throw new IOException("the S3 server ended:\n" + ChildJvm.logTail(folder, NAME, 20));
      }
      return new S3Server(process, Integer.parseInt(Files.readString(portFile)), faults);
    } catch (IOException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /** Settings for a store under {@code prefix} of the bucket. */
  public Map<String, String> settings(String prefix) {
    return Map.of(
        "objects.url",
        "s3://" + BUCKET + "/" + prefix,
        "objects.s3.endpoint",
        "http://127.0.0.1:" + port,
        "objects.s3.access-key",
        "test",
        "objects.s3.secret-key",
        "test-secret");
  }

  /**
   * From now on one request in ten is answered 503, half of the writes among them after they were
   * done; or none is any more.
   */
  public void faulty(boolean faulty) throws IOException {
    if (faulty) {
      Files.writeString(faults, "");
    } else {
      Files.deleteIfExists(faults);
    }
  }

  /** Process id, to stop it and let it go on. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}
