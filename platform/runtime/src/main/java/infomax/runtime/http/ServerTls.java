package infomax.runtime.http;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.WatchedFiles;
import infomax.runtime.tls.Pem;
import java.security.KeyStore;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * What a server shows to its clients, as the PEM files say now: they are read again when they
 * change, for connections made from then on; while they are broken, or not of one pair, what was
 * shown before is shown on. TLS 1.2 and 1.3. Thread-safe.
 *
 * @param factory what connections are made with
 * @param files the files behind it, whose health it is
 */
record ServerTls(SslContextFactory.Server factory, WatchedFiles files) implements AutoCloseable {

  /**
   * Reads the files, and watches them until this is closed.
   *
   * @throws ConfigurationException if they cannot be used
   */
  static ServerTls open(HttpConfig.Tls config) {
    // Of a key store in memory only.
    String password = UUID.randomUUID().toString();
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    factory.setKeyStorePassword(password);
    WatchedFiles files =
        WatchedFiles.open(
            "http-tls",
            List.of(config.certificates(), config.key()),
            contents ->
                use(factory, Pem.identity(contents.getFirst(), contents.getLast(), password)));
    return new ServerTls(factory, files);
  }

  private static void use(SslContextFactory.Server factory, KeyStore store) {
    if (!factory.isStarted()) {
      factory.setKeyStore(store);
      return;
    }
    try {
      factory.reload(changed -> changed.setKeyStore(store));
    } catch (Exception e) {
      throw new ConfigurationException("Jetty does not take the certificate: " + e);
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
