package infomax.runtime.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Accepts HTTP/1.1 connections. A {@link ClientWatch} can ask plain ones about their client; of
 * those under TLS it sees nothing, since their end comes encrypted.
 */
final class PeekingConnector extends ServerConnector {

  private final ClientWatch watch;

  /**
   * A connector.
   *
   * @param tls what it shows to clients; null for plain HTTP
   */
  PeekingConnector(
      Server server,
      HttpConfiguration configuration,
      SslContextFactory.@Nullable Server tls,
      ClientWatch watch) {
    super(server, tls, new HttpConnectionFactory(configuration));
    this.watch = watch;
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    PeekingEndPoint endPoint =
        new PeekingEndPoint(channel, selector, key, getScheduler(), getExecutor(), watch);
    endPoint.setIdleTimeout(getIdleTimeout());
    return endPoint;
  }
}
