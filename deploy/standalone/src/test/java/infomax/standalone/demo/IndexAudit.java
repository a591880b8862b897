package infomax.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Digest;
import infomax.events.ImageId;
import infomax.runtime.control.ControlLog;
import infomax.standalone.StandaloneSystem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/** Compares the live index with the topic, each read anew and by itself. */
public final class IndexAudit {

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private IndexAudit() {}

  /**
   * Waits until every image of the topic is in the live index with its digest, and no other: what
   * was uploaded last is still on its way through ingest, of which a lag of 0 says nothing.
   *
   * @return the digests of the images
   */
  public static Map<ImageId, Digest> awaitEqual(StandaloneSystem system, ControlLog control) {
    Map<ImageId, Digest> stored = new HashMap<>();
    Awaitility.await("the index equals the log")
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              stored.clear();
              LogContents.read(system.clients())
                  .images()
                  .forEach((id, image) -> stored.put(id, image.digest()));
              assertThat(LiveContents.read(system.store(), control.state())).isEqualTo(stored);
            });
    return stored;
  }
}
