package infomax.runtime.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection that can be asked whether its client has hung up while nobody reads from it: while a
 * request is being answered Jetty does not listen, so it hears of the end only when it writes.
 * Asking reads at most one byte ahead, which is handed to the next reader. Thread-safe.
 */
final class PeekingEndPoint extends SocketChannelEndPoint {

  private final Executor executor;
  private final ClientWatch watch;
  private final Object reading = new Object();

  /** What was read ahead, between position and limit. */
  private final ByteBuffer peeked = ByteBuffer.allocate(1).limit(0);

  PeekingEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Executor executor,
      ClientWatch watch) {
    super(channel, selector, key, scheduler);
    this.executor = executor;
    this.watch = watch;
  }

  /** Who asks. */
  ClientWatch watch() {
    return watch;
  }

  /**
   * True once the client has closed its side or reset the connection. False while there is more to
   * read, such as a further request sent ahead: what comes behind it cannot be seen.
   */
  boolean hasHungUp() {
    synchronized (reading) {
      // Whoever waits for bytes hears of the end as well, and must not lose the first one.
      if (peeked.hasRemaining() || isFillInterested()) {
        return false;
      }
      peeked.clear();
      try {
        return getChannel().read(peeked) < 0;
      } catch (IOException e) {
        return true;
      } finally {
        peeked.flip();
      }
    }
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    synchronized (reading) {
      return peeked.hasRemaining() ? BufferUtil.append(buffer, peeked) : super.fill(buffer);
    }
  }

  @Override
  protected void needsFillInterest() {
    synchronized (reading) {
      if (peeked.hasRemaining()) {
        // The selector tells of bytes that arrive; this one has.
        executor.execute(() -> getFillInterest().fillable());
        return;
      }
    }
    super.needsFillInterest();
  }
}
