package infomax.runtime.http;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Ends work whose client has hung up: looks at every connection with work in hand 20 times a second
 * and interrupts the thread that works for a client that is gone. What can and cannot be noticed is
 * said in docs/adr/0014. Thread-safe.
 */
public final class ClientWatch implements AutoCloseable {

  /** Code of the problem that ends the work; nobody is there to read it but logs and metrics. */
  public static final String CLIENT_GONE = "client_gone";

  /** Status of that problem; no standard has one, and this is what proxies log. */
  private static final int STATUS = 499;

  private static final Duration INTERVAL = Duration.ofMillis(50);

  private final Set<Watched> all = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("client-watch").factory());

  private ClientWatch() {}

  static ClientWatch start() {
    ClientWatch watch = new ClientWatch();
    // Never ends by itself: looking at a connection does not throw.
    ScheduledFuture<?> _ =
        watch.looking.scheduleWithFixedDelay(
            () -> watch.all.forEach(Watched::look),
            INTERVAL.toNanos(),
            INTERVAL.toNanos(),
            TimeUnit.NANOSECONDS);
    return watch;
  }

  /** Work for a client. It stops soon after its thread is interrupted, by any exception. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws InterruptedException;
  }

  /**
   * Works as long as the client is there. The request's body has to be read before.
   *
   * @throws Problem 499 {@value #CLIENT_GONE} if the client hung up before the work ended
   */
  public static <T> T whileConnected(Context context, Work<T> work) throws InterruptedException {
    EndPoint client =
        ServletContextRequest.getServletContextRequest(context.req())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    return client instanceof PeekingEndPoint peeking
        ? peeking.watch().run(peeking, work)
        : work.run();
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }

  private <T> T run(PeekingEndPoint client, Work<T> work) throws InterruptedException {
    Watched watched = new Watched(client, Thread.currentThread());
    all.add(watched);
    try {
      return work.run();
    } catch (InterruptedException | RuntimeException e) {
      if (watched.isGone()) {
        throw Problem.of(STATUS, CLIENT_GONE, "the client hung up before its answer was made");
      }
      throw e;
    } finally {
      all.remove(watched);
      watched.end();
    }
  }

  /** Work in hand. */
  private static final class Watched {
    private final PeekingEndPoint client;
    private final Thread worker;
    private boolean gone;
    private boolean ended;

    Watched(PeekingEndPoint client, Thread worker) {
      this.client = client;
      this.worker = worker;
    }

    synchronized void look() {
      if (!ended && !gone && client.hasHungUp()) {
        gone = true;
        worker.interrupt();
      }
    }

    synchronized boolean isGone() {
      return gone;
    }

    /** No interrupt comes after it, and none is left behind. */
    synchronized void end() {
      ended = true;
      if (gone) {
        Thread.interrupted();
      }
    }
  }
}
