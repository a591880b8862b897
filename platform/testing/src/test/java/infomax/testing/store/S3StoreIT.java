package infomax.testing.store;

import infomax.runtime.config.Settings;
import infomax.store.ObjectStore;
import infomax.store.StoreLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The store in a bucket of a real S3 server. */
final class S3StoreIT extends ObjectStoreContract {

  @TempDir private static Path logs;
  private static S3Server server;

  private final String prefix = UUID.randomUUID().toString();

  @BeforeAll
  static void startServer() throws IOException {
    server = S3Server.start(logs);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  ObjectStore open() {
    return StoreLocation.from(Settings.of(server.settings(prefix))).open();
  }
}
