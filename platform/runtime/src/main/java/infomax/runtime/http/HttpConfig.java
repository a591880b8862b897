package infomax.runtime.http;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a service listens and whom it lets in.
 *
 * @param host address or name of the interface to listen on, setting {@code http.host}
 * @param port port to listen on, setting {@code http.port}; 0 picks a free one
 * @param access whom it lets in
 * @param tls what it shows to clients; null for plain HTTP
 */
public record HttpConfig(String host, int port, Access access, @Nullable Tls tls) {

  private static final String LOOPBACK = "127.0.0.1";

  /**
   * Whom a service lets in.
   *
   * @param keys file of API keys, setting {@code http.keys.file}; null lets everybody in
   * @param metricsOpen whether {@code /metrics} needs no key, setting {@code http.metrics-open}
   * @param rate how often each caller may ask; null for any number
   * @param audit file of the audit log, setting {@code http.audit.file}; null for none
   */
  public record Access(
      @Nullable Path keys, boolean metricsOpen, @Nullable Rate rate, @Nullable Path audit) {

    /** Everybody, however often. */
    public static final Access FREE = new Access(null, false, null, null);
  }

  /**
   * How often each key, or each address without one, may ask.
   *
   * @param requestsPerSecond setting {@code http.rate.requests-per-second}, above 0
   * @param burst requests at once after a rest, setting {@code http.rate.burst}
   */
  public record Rate(double requestsPerSecond, int burst) {}

  /**
   * Files of a server's identity, in PEM.
   *
   * @param certificates its certificate and those above it, setting {@code http.tls.certificates}
   * @param key its private key, PKCS #8 and not encrypted, setting {@code http.tls.key}
   */
  public record Tls(Path certificates, Path key) {}

  /** On the loopback interface, for everybody there. */
  public static HttpConfig loopback(int port) {
    return new HttpConfig(LOOPBACK, port, Access.FREE, null);
  }

  /**
   * Finds out at once what the server would find out once everything behind it has started.
   *
   * @throws ConfigurationException if the port is taken
   */
  public void requireFreePort() {
    try (ServerSocket socket = new ServerSocket()) {
      // As the server does: connections of an earlier one that linger do not count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    } catch (BindException e) {
      throw portTaken();
    } catch (IOException e) {
      throw new ConfigurationException("cannot listen on " + host + ":" + port + ": " + e);
    }
  }

  ConfigurationException portTaken() {
    return new ConfigurationException(
        "port " + port + " is taken; stop what listens there or choose another with --port");
  }

  /**
   * The configuration in {@code http.*}.
   *
   * @throws ConfigurationException if it would listen beyond loopback and let everybody in, without
   *     {@code http.insecure=true}
   */
  public static HttpConfig from(Settings settings, int defaultPort) {
    String host = settings.text("http.host", LOOPBACK).strip();
    int port = settings.integer("http.port", defaultPort, 0, 65_535);
    Optional<String> keys = settings.find("http.keys.file");
    Access access =
        new Access(
            keys.map(Path::of).orElse(null),
            settings.flag("http.metrics-open", false),
            rate(settings),
            settings.find("http.audit.file").map(Path::of).orElse(null));
    boolean insecure = settings.flag("http.insecure", false);
    if (keys.isEmpty() && !insecure && !isLoopback(host)) {
      throw new ConfigurationException(
          "http.host is '"
              + host
              + "', beyond this machine, and there are no API keys: set http.keys.file (infomax"
              + " keys create makes keys), or http.insecure=true to let everybody in");
    }
    return new HttpConfig(host, port, access, tls(settings));
  }

  private static @Nullable Rate rate(Settings settings) {
    double perSecond = settings.decimal("http.rate.requests-per-second", 0, 0, 1e6);
    int burst =
        settings.integer(
            "http.rate.burst", (int) Math.max(1, Math.ceil(2 * perSecond)), 1, 1_000_000);
    return perSecond > 0 ? new Rate(perSecond, burst) : null;
  }

  private static @Nullable Tls tls(Settings settings) {
    Optional<String> certificates = settings.find("http.tls.certificates");
    Optional<String> key = settings.find("http.tls.key");
    if (certificates.isPresent() != key.isPresent()) {
      throw new ConfigurationException(
          "settings http.tls.certificates and http.tls.key belong together: set both, or neither"
              + " for plain HTTP");
    }
    return certificates.isPresent()
        ? new Tls(Path.of(certificates.get()), Path.of(key.orElseThrow()))
        : null;
  }

  /** Whether only this machine can reach it. */
  boolean isLoopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "setting http.host is '"
              + host
              + "', expected an address of this machine such as 0.0.0.0");
    }
  }
}
