package infomax.runtime.access;

import infomax.events.Digest;
import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.WatchedFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The keys that are let in, as their file says now: it is read again when it changes, and while it
 * is broken the keys of before stay in force. Thread-safe.
 */
public final class ApiKeys implements AutoCloseable {

  /** What every key begins with, for those who look for secrets that got lost. */
  private static final String PREFIX = "infomax_";

  private static final int KEY_BYTES = 32;

  private final AtomicReference<List<ApiKey>> keys;
  private final WatchedFiles file;
  private final InstantSource clock;

  private ApiKeys(AtomicReference<List<ApiKey>> keys, WatchedFiles file, InstantSource clock) {
    this.keys = keys;
    this.file = file;
    this.clock = clock;
  }

  /** What a caller's key is. */
  public sealed interface Match {
    /** A key that is let in. */
    record Known(ApiKey key) implements Match {}

    /** A key whose time is over. */
    record Expired(ApiKey key) implements Match {}

    /** No key of ours. */
    record Unknown() implements Match {}
  }

  /**
   * The keys of a file, which is watched until this is closed.
   *
   * @throws ConfigurationException if it cannot be read or is broken
   */
  public static ApiKeys open(Path file, InstantSource clock) {
    AtomicReference<List<ApiKey>> keys = new AtomicReference<>(List.of());
    WatchedFiles watched =
        WatchedFiles.open(
            "http-keys", List.of(file), contents -> keys.set(KeyFile.parse(contents.getFirst())));
    return new ApiKeys(keys, watched, clock);
  }

  /** A fresh key: 256 random bits as text. */
  public static String generate(SecureRandom random) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What is kept of a key. */
  public static Digest hash(String key) {
    return Digest.of(key.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Looks a key up. How long it takes does not tell how much of a key is right, nor which it is.
   */
  public Match find(String presented) {
    byte[] hash = bytes(hash(presented));
    @Nullable ApiKey found = null;
    for (ApiKey key : keys.get()) {
      if (MessageDigest.isEqual(bytes(key.sha256()), hash)) {
        found = key;
      }
    }
    if (found == null) {
      return new Match.Unknown();
    }
    return found.isExpired(clock.instant()) ? new Match.Expired(found) : new Match.Known(found);
  }

  /** The file behind them, whose health it is. */
  public WatchedFiles file() {
    return file;
  }

  @Override
  public void close() {
    file.close();
  }

  private static byte[] bytes(Digest digest) {
    return digest.hex().getBytes(StandardCharsets.US_ASCII);
  }
}
