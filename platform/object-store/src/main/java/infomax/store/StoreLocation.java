package infomax.store;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the object store is: the one place that reads its settings, for every service.
 *
 * <p>{@code objects.path} is a folder, {@code data/objects} by default; {@code objects.url} is a
 * place in an S3-compatible store instead, {@code s3://bucket/prefix}, with {@code objects.s3.*} as
 * {@link S3Settings} says.
 */
public sealed interface StoreLocation {

  /**
   * Opens the store.
   *
   * @throws ObjectStoreException if it cannot be used, saying why
   */
  ObjectStore open();

  /** How often readers look for news, unless a signal makes it sooner. */
  Duration pollInterval();

  /** How long a live index gathers changes before it commits and publishes them. */
  Duration commitInterval();

  /**
   * The place that the settings name.
   *
   * @throws ConfigurationException naming the first setting that cannot be used
   */
  static StoreLocation from(Settings settings) {
    Optional<String> url = settings.find("objects.url");
    Optional<String> path = settings.find("objects.path");
    if (url.isPresent() && path.isPresent()) {
      throw new ConfigurationException(
          "settings objects.path and objects.url are both set, expected one of them");
    }
    return url.isPresent()
        ? new InS3(S3Settings.from(settings, url.get()))
        : new InFolder(Path.of(path.orElse("data/objects")));
  }

  /**
   * A place beside the system's own, such as for its backups.
   *
   * @param place a folder, or {@code s3://bucket/prefix}, which is reached as {@code objects.s3.*}
   *     say
   * @throws ConfigurationException if it is no such place
   */
  static StoreLocation of(String place, Settings settings) {
    return place.startsWith("s3:")
        ? new InS3(S3Settings.from(settings, place))
        : new InFolder(Path.of(place));
  }

  /**
   * A folder of this machine, or one that all machines mount.
   *
   * @param path the folder, created if it is missing
   */
  record InFolder(Path path) implements StoreLocation {
    @Override
    public ObjectStore open() {
      return ObjectStore.open(path);
    }

    @Override
    public Duration pollInterval() {
      return Duration.ofMillis(250);
    }

    @Override
    public Duration commitInterval() {
      return Duration.ofMillis(500);
    }
  }

  /**
   * A place in an S3-compatible store. Every look and every publication is a request that takes
   * tens of milliseconds and costs money.
   *
   * @param settings where and how
   */
  record InS3(S3Settings settings) implements StoreLocation {
    @Override
    public ObjectStore open() {
      return S3ObjectStore.open(settings);
    }

    @Override
    public Duration pollInterval() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Duration commitInterval() {
      return Duration.ofSeconds(2);
    }
  }
}
