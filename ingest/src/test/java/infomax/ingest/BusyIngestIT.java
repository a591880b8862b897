package infomax.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Topic;
import infomax.ingest.RunningIngest.Answer;
import infomax.ingest.RunningIngest.BatchAnswer;
import infomax.testing.TestingKafka;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Uploads while there is no room, no log, or no client worth waiting for; and after it. */
final class BusyIngestIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final Duration LONG = Duration.ofSeconds(30);

  /** The common pool has one thread on two cores: uploads would wait for one another. */
  private static final Executor AT_ONCE = task -> Thread.ofVirtual().start(task);

  private static final byte[] JPEG = TestImages.canonicalJpeg(1);
  private static final int TEN_MEBIBYTES = 10 * 1024 * 1024;

  @Test
  void whoFindsNoRoomIsAskedToComeAgain() throws Exception {
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients(), LONG, LONG);
        PipedOutputStream output = new PipedOutputStream();
        PipedInputStream input = new PipedInputStream(output)) {
      CompletableFuture<BatchAnswer> first =
          CompletableFuture.supplyAsync(
              () -> batch(ingest, BodyPublishers.ofInputStream(() -> input)));
      output.write(BatchBodies.line("a", JPEG).getBytes(US_ASCII));
      output.flush();
      BatchAnswer busy =
          Awaitility.await("the first batch has the room")
              .atMost(LONG)
              .until(
                  () -> batch(ingest, BodyPublishers.ofString(BatchBodies.line("b", JPEG))),
                  answer -> answer.status() != 200);
      assertThat(busy.status()).isEqualTo(503);
      assertThat(busy.summary()).containsEntry("code", "busy");
      assertThat(busy.headers().firstValue("Retry-After")).contains("1");
      Answer large = ingest.put("large", TestImages.tenMebibytes(), "");
      assertThat(large.status()).isEqualTo(503);
      assertThat(large.code()).isEqualTo("busy");
      assertThat(ingest.put("small", JPEG, "").status()).isEqualTo(202);
      output.close();
      assertThat(first.get(30, TimeUnit.SECONDS).outcomes()).containsExactly("0 202");
      assertThat(ingest.put("large", TestImages.tenMebibytes(), "").status()).isEqualTo(202);
      assertThat(batch(ingest, BodyPublishers.ofString(BatchBodies.line("b", JPEG))).status())
          .isEqualTo(200);
    }
  }

  @Test
  void aClientThatSendsTooSlowlyIsLeft() throws Exception {
    List<Trickle> trickles = new ArrayList<>();
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients(), LONG, Duration.ofSeconds(5))) {
      for (int number = 0; number < 3; number++) {
        trickles.add(
            Trickle.start(
                ingest, "PUT /v1/images/slow HTTP/1.1", "Content-Length: " + TEN_MEBIBYTES));
      }
      Awaitility.await("they hold the room")
          .atMost(LONG)
          .until(() -> ingest.put("large", TestImages.tenMebibytes(), "").status() == 503);
      assertThat(ingest.put("small", JPEG, "").status()).isEqualTo(202);
      for (Trickle trickle : trickles) {
        assertThat(trickle.answer()).startsWith("HTTP/1.1 408 ").contains("body_incomplete");
      }
      assertThat(ingest.put("large", TestImages.tenMebibytes(), "").status()).isEqualTo(202);
      Trickle batch =
          Trickle.start(
              ingest,
              "POST /v1/images/batch HTTP/1.1",
              "Content-Type: application/x-ndjson\r\nContent-Length: " + TEN_MEBIBYTES);
      trickles.add(batch);
      assertThat(batch.answer()).startsWith("HTTP/1.1 408 ").contains("body_incomplete");
    } finally {
      for (Trickle trickle : trickles) {
        trickle.close();
      }
    }
  }

  @Test
  void whatAClientSentBeforeItLeftIsTaken() throws Exception {
    byte[] line = BatchBodies.line("a", JPEG).getBytes(US_ASCII);
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients(), LONG, LONG);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/images/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                      + "application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n")
                  .getBytes(US_ASCII));
      socket.getOutputStream().write(line);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES).containsKey("a"));
      socket.close();
      Awaitility.await("its room is free again")
          .atMost(LONG)
          .until(
              () ->
                  batch(ingest, BodyPublishers.ofString(BatchBodies.line("b", JPEG))).status()
                      == 200);
    }
  }

  @Test
  void withoutTheLogUploadsAreRefusedAndWithItTaken() throws Exception {
    try (RunningIngest ingest = RunningIngest.start(KAFKA.clients(), Duration.ofSeconds(2), LONG)) {
      assertThat(ingest.put("before", JPEG, "").status()).isEqualTo(202);
      KAFKA.broker().kill();
      try {
        List<CompletableFuture<Answer>> uploads = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
          String id = "without-" + number;
          uploads.add(CompletableFuture.supplyAsync(() -> put(ingest, id), AT_ONCE));
        }
        BatchAnswer batch =
            batch(ingest, BodyPublishers.ofString(BatchBodies.line("without", JPEG)));
        assertThat(batch.status()).isEqualTo(503);
        assertThat(batch.summary().get("code")).isIn("log_unavailable", "busy");
        assertThat(batch.headers().firstValue("Retry-After")).contains("1");
        for (CompletableFuture<Answer> upload : uploads) {
          assertThat(upload.get(60, TimeUnit.SECONDS).status()).isEqualTo(503);
        }
      } finally {
        KAFKA.broker().restart();
      }
      Awaitility.await("the log is back")
          .atMost(Duration.ofMinutes(1))
          .until(() -> ingest.put("after", JPEG, "").status() == 202);
      assertThat(batch(ingest, BodyPublishers.ofString(BatchBodies.line("after", JPEG))).outcomes())
          .containsExactly("0 202");
    }
  }

  private static BatchAnswer batch(
      RunningIngest ingest, java.net.http.HttpRequest.BodyPublisher body) {
    try {
      return ingest.batch(BatchBodies.LINES, body);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Answer put(RunningIngest ingest, String id) {
    try {
      return ingest.put(id, JPEG, "");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client that sends a byte of its body ten times a second, and reads what it is told. */
  private static final class Trickle implements AutoCloseable {

    private final Socket socket;
    private final Thread sender;

    private Trickle(Socket socket) {
      this.socket = socket;
      this.sender = Thread.ofVirtual().unstarted(this::send);
    }

    static Trickle start(RunningIngest ingest, String request, String headers) throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port());
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write((request + "\r\nHost: localhost\r\n" + headers + "\r\n\r\n").getBytes(US_ASCII));
      Trickle trickle = new Trickle(socket);
      trickle.sender.start();
      return trickle;
    }

    /** All that comes until the other side closes. */
    String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    private void send() {
      try {
        while (true) {
          socket.getOutputStream().write(' ');
          LockSupport.parkNanos(100_000_000);
        }
      } catch (IOException e) {
        // It was left.
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
