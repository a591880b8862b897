package infomax.runtime.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Accepts HTTP/1.1 connections that a {@link ClientWatch} can ask about their client. */
final class PeekingConnector extends ServerConnector {

  private final ClientWatch watch;

  PeekingConnector(
      Server server, HttpConfiguration configuration, String host, int port, ClientWatch watch) {
    super(server, new HttpConnectionFactory(configuration));
    this.watch = watch;
    setHost(host);
    setPort(port);
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
