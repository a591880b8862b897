package infomax.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import infomax.ingest.bench.Latencies;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Uploads by many connections that are kept open, with as little work for each as can be: the flood
 * has to leave the machine to those it floods. Used once.
 */
final class Flood {

  private static final int IDS = 1000;
  private static final int TIMEOUT_MILLIS = 30_000;

  private final int port;
  private final byte[] image;
  private final AtomicLong next = new AtomicLong();
  private final Latencies accepted = new Latencies();
  private final Latencies refused = new Latencies();
  private final AtomicInteger other = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();

  Flood(int port, byte[] image) {
    this.port = port;
    this.image = image;
  }

  /**
   * What became of the uploads.
   *
   * @param accepted times of those that were answered 202
   * @param refused times of those that were answered 429 or 503
   * @param other answers of any other kind
   * @param broken connections that ended before an answer
   */
  record Outcome(
      Latencies accepted, Latencies refused, int other, int broken, double elapsedSeconds) {

    double acceptedPerSecond() {
      return accepted.count() / elapsedSeconds;
    }

    double perSecond() {
      return (accepted.count() + refused.count()) / elapsedSeconds;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.0f/s: accepted %d (%.0f/s, p50 %.0f ms, p99 %.0f ms), refused %d (p50 %.1f ms, "
              + "p99 %.1f ms), other %d, broken %d",
          perSecond(),
          accepted.count(),
          acceptedPerSecond(),
          accepted.quantileMillis(0.5),
          accepted.quantileMillis(0.99),
          refused.count(),
          refused.quantileMillis(0.5),
          refused.quantileMillis(0.99),
          other,
          broken);
    }
  }

  /**
   * Sends for a time.
   *
   * @param connections how many send at once, each one upload after the other
   * @param perSecond uploads per second of all together, as far as answers come soon enough;
   *     infinite for no pause between answer and next upload
   */
  Outcome run(int connections, double perSecond, Duration time) throws InterruptedException {
    long beginNanos = System.nanoTime();
    long endNanos = beginNanos + time.toNanos();
    long periodNanos = (long) (1e9 * connections / perSecond);
    List<Thread> senders = new ArrayList<>();
    for (int sender = 0; sender < connections; sender++) {
      long firstNanos = beginNanos + periodNanos * sender / connections;
      senders.add(Thread.ofVirtual().start(() -> send(firstNanos, periodNanos, endNanos)));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    return new Outcome(
        accepted, refused, other.get(), broken.get(), (System.nanoTime() - beginNanos) / 1e9);
  }

  private void send(long firstNanos, long periodNanos, long endNanos) {
    long dueNanos = firstNanos;
    while (System.nanoTime() < endNanos) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        InputStream answers = new BufferedInputStream(socket.getInputStream());
        while (System.nanoTime() < endNanos) {
          for (long left = dueNanos - System.nanoTime();
              left > 0;
              left = dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          byte[] request = request();
          long sentNanos = System.nanoTime();
          // Who is late does not send what it missed: the answers are what it waited for.
          dueNanos = Math.max(dueNanos + periodNanos, sentNanos);
          socket.getOutputStream().write(request);
          count(status(answers), System.nanoTime() - sentNanos);
        }
      } catch (IOException e) {
        broken.incrementAndGet();
      }
    }
  }

  private byte[] request() {
    byte[] head =
        "PUT /v1/images/flood-%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
            .formatted(next.getAndIncrement() % IDS, image.length)
            .getBytes(US_ASCII);
    byte[] request = new byte[head.length + image.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(image, 0, request, head.length, image.length);
    return request;
  }

  private void count(int status, long elapsedNanos) {
    switch (status) {
      case 202 -> accepted.add(elapsedNanos);
      case 429, 503 -> refused.add(elapsedNanos);
      default -> other.incrementAndGet();
    }
  }

  /** Reads one answer. */
  private static int status(InputStream answers) throws IOException {
    int status = Integer.parseInt(line(answers).split(" ", 3)[1]);
    int length = 0;
    for (String header = line(answers); !header.isEmpty(); header = line(answers)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    answers.skipNBytes(length);
    return status;
  }

  private static String line(InputStream answers) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = answers.read(); read != '\n'; read = answers.read()) {
      if (read < 0) {
        throw new IOException("the connection ended");
      }
      if (read != '\r') {
        line.append((char) read);
      }
    }
    return line.toString();
  }
}
