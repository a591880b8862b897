package infomax.standalone;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How the standalone system runs.
 *
 * @param data folder of everything it keeps
 * @param port HTTP port on the loopback interface; 0 picks a free one
 * @param kafka an existing cluster to use ({@code host:port}), or empty for the embedded broker
 * @param settings settings of the services by key, on top of what this composition decides
 */
public record StandaloneConfig(
    Path data, int port, Optional<String> kafka, Map<String, String> settings) {

  /** Copies the settings. */
  public StandaloneConfig {
    settings = Map.copyOf(settings);
  }
}
