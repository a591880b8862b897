package infomax.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Topic;
import infomax.events.image.ImageEvent;
import infomax.events.image.ImageEvent.ImageDeleted;
import infomax.events.image.ImageEvent.ImageStored;
import infomax.events.image.ImageEventCodec;
import infomax.ingest.RunningIngest.BatchAnswer;
import infomax.testing.TestingKafka;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches by HTTP: a result per entry in the order of the body, and what is good in the log. */
final class BatchIngestIT {

  @RegisterExtension static final TestingKafka KAFKA = TestingKafka.shared();

  private static final List<String> KINDS =
      List.of(BatchBodies.LINES, BatchBodies.TAR, BatchBodies.ZIP, BatchBodies.FORM);

  private RunningIngest ingest;

  @BeforeEach
  void start() {
    ingest = RunningIngest.start(KAFKA.clients());
  }

  @AfterEach
  void stop() {
    ingest.close();
  }

  @Test
  void badEntriesStopNothingInBodiesOfAnyKind() throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("first.jpg", TestImages.canonicalJpeg(1));
    files.put("text.jpg", "text".getBytes(UTF_8));
    files.put("empty.jpg", new byte[0]);
    files.put("../../etc/passwd", TestImages.canonicalJpeg(2));
    files.put("cut off.jpg", TestImages.cutOffJpeg());
    files.put("large.jpg", new byte[10 * 1024 * 1024 + 1]);
    files.put("x".repeat(513), TestImages.canonicalJpeg(3));
    files.put("last.png", TestImages.largePng(4));
    int kinds = 0;
    for (String kind : KINDS) {
      byte[] body = BatchBodies.of(kind, files);
      BatchAnswer answer =
          ingest.batch(
              kind,
              BodyPublishers.ofByteArray(body),
              "metadata",
              "{\"from\":\"batch\"}",
              "ce-subject",
              "one%20for%20all",
              "Content-Digest",
              sha256(body));
      assertThat(answer.status()).as("%s %s", kind, answer).isEqualTo(200);
      List<String> expected = new ArrayList<>();
      List<Object> outcomes =
          List.of(
              202,
              "unsupported_format",
              "empty",
              202,
              "undecodable",
              "too_many_bytes",
              "invalid_id",
              202);
      int place = 0;
      for (String name : files.keySet()) {
        String entry = kind.equals(BatchBodies.LINES) ? Integer.toString(place) : name;
        expected.add(entry + " " + outcomes.get(place++));
      }
      assertThat(answer.outcomes()).as(kind).isEqualTo(expected);
      assertThat(answer.summary())
          .as(kind)
          .isEqualTo(Map.of("accepted", 3, "refused", 5, "complete", true));
      kinds++;
      assertThat(TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES))
          .as(kind)
          .isEqualTo(Map.of("first.jpg", kinds, "../../etc/passwd", kinds, "last.png", kinds));
    }
    for (ConsumerRecord<byte[], byte[]> written :
        TopicReader.readAll(KAFKA.clients(), Topic.IMAGES)) {
      ImageStored stored = (ImageStored) ImageEventCodec.read(written);
      assertThat(stored.metadata().values()).containsOnlyKeys("from");
      assertThat(stored.passedThrough()).isEmpty();
    }
    assertThat(ingest.metrics())
        .contains("outcome=\"rejected\",reason=\"too_many_bytes\",source=\"http\"} 4");
  }

  @Test
  void entriesOfOneIdAreWrittenInTheOrderOfTheBody() throws Exception {
    StringBuilder body = new StringBuilder();
    for (int number = 0; number < 200; number++) {
      body.append(BatchBodies.line("same", TestImages.canonicalJpeg(number)))
          .append(BatchBodies.line("other", TestImages.canonicalJpeg(number)))
          .append("nonsense\n");
    }
    body.append("{\"id\":\"same\",\"delete\":true}\n");
    BatchAnswer answer = ingest.batch(BatchBodies.LINES, BodyPublishers.ofString(body.toString()));
    assertThat(answer.summary())
        .isEqualTo(Map.of("accepted", 401, "refused", 200, "complete", true));
    assertThat(answer.lines().subList(0, 601))
        .extracting(line -> line.get("entry"))
        .isEqualTo(IntStream.range(0, 601).mapToObj(Integer::toString).toList());
    List<ImageEvent> same = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> written :
        TopicReader.readAll(KAFKA.clients(), Topic.IMAGES)) {
      ImageEvent event = ImageEventCodec.read(written);
      if (event.id().value().equals("same")) {
        same.add(event);
      }
    }
    assertThat(same).hasSize(201);
    for (int number = 0; number < 200; number++) {
      assertThat(((ImageStored) same.get(number)).image().bytes())
          .isEqualTo(TestImages.canonicalJpeg(number));
    }
    assertThat(same.getLast()).isInstanceOf(ImageDeleted.class);
  }

  @Test
  void aBodyThatIsCutOffSaysSoBehindWhatWasWhole() throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("first", TestImages.canonicalJpeg(1));
    files.put("second", TestImages.canonicalJpeg(2));
    int kinds = 0;
    for (String kind : KINDS) {
      byte[] body = BatchBodies.of(kind, files);
      int half = BatchBodies.of(kind, Map.of("first", TestImages.canonicalJpeg(1))).length;
      int cut = kind.equals(BatchBodies.TAR) ? 2048 + 600 : half + 100;
      BatchAnswer answer = ingest.batch(kind, BodyPublishers.ofByteArray(Arrays.copyOf(body, cut)));
      assertThat(answer.status()).as("%s %s", kind, answer).isEqualTo(200);
      assertThat(answer.summary()).as(kind).containsEntry("accepted", 1);
      if (!kind.equals(BatchBodies.LINES)) {
        assertThat(answer.summary())
            .as(kind)
            .containsEntry("complete", false)
            .containsEntry("code", "invalid_batch");
      }
      assertThat(TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES))
          .as(kind)
          .isEqualTo(Map.of("first", ++kinds));
    }
  }

  @Test
  void aZipBombEndsItsBatchAndNothingElse() throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("first", TestImages.canonicalJpeg(1));
    files.put("bomb", new byte[80 * 1024 * 1024]);
    files.put("never", TestImages.canonicalJpeg(2));
    byte[] body = BatchBodies.of(BatchBodies.ZIP, files);
    assertThat(body.length).isLessThan(200_000);
    BatchAnswer answer = ingest.batch(BatchBodies.ZIP, BodyPublishers.ofByteArray(body));
    assertThat(answer.outcomes()).containsExactly("first 202");
    assertThat(answer.summary())
        .containsEntry("complete", false)
        .containsEntry("code", "invalid_batch");
    assertThat(answer.summary().get("detail")).asString().contains("bomb");
    assertThat(ingest.put("after", TestImages.canonicalJpeg(3), "").status()).isEqualTo(202);
  }

  @Test
  void bodiesThatAreNoBatchesAreRefused() throws Exception {
    assertProblem("image/jpeg", TestImages.canonicalJpeg(1), 415, "unsupported_batch");
    assertProblem("multipart/form-data", new byte[9], 400, "invalid_batch");
    assertProblem(BatchBodies.FORM, "--other\r\n".getBytes(UTF_8), 400, "invalid_batch");
    assertProblem(BatchBodies.TAR, TestImages.largePng(1), 400, "invalid_batch");
    assertProblem(BatchBodies.ZIP, TestImages.largePng(1), 400, "invalid_batch");
    BatchAnswer empty = ingest.batch(BatchBodies.LINES, BodyPublishers.noBody());
    assertThat(empty.summary()).isEqualTo(Map.of("accepted", 0, "refused", 0, "complete", true));
  }

  @Test
  void aBodyThatIsNotTheOneItsDigestDescribesIsToldWithBothDigests() throws Exception {
    byte[] jpeg = TestImages.canonicalJpeg(1);
    byte[] other = TestImages.canonicalJpeg(2);
    RunningIngest.Answer wrong = ingest.put("a", jpeg, "", "Content-Digest", sha256(other));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.code()).isEqualTo("digest_mismatch");
    assertThat(wrong.body().get("detail"))
        .asString()
        .contains(sha256(other))
        .contains(sha256(jpeg));
    assertThat(ingest.put("a", jpeg, "", "Content-Digest", "md5=:AA==:").code())
        .isEqualTo("invalid_parameter");
    assertThat(TopicReader.readAll(KAFKA.clients(), Topic.IMAGES)).isEmpty();
    assertThat(ingest.put("a", jpeg, "", "Content-Digest", sha256(jpeg)).status()).isEqualTo(202);
    // Of a batch it is known only at the end, when its entries are in the log.
    BatchAnswer batch =
        ingest.batch(
            BatchBodies.LINES,
            BodyPublishers.ofString(BatchBodies.line("b", jpeg)),
            "Content-Digest",
            sha256(other));
    assertThat(batch.outcomes()).containsExactly("0 202");
    assertThat(batch.summary())
        .containsEntry("complete", false)
        .containsEntry("code", "digest_mismatch");
  }

  @Test
  void thousandsOfEntriesLongerThanTheHeapAreTakenInAsTheyCome() throws Exception {
    int count = 4_000;
    byte[] noise = new byte[9 * 1024 * 1024];
    int everySoMany = (int) (count / (6 * Runtime.getRuntime().maxMemory() / 5 / noise.length));
    BatchAnswer answer =
        ingest.batch(
            BatchBodies.TAR,
            BodyPublishers.ofInputStream(
                () ->
                    new SequenceInputStream(
                        new Enumeration<>() {
                          private int number;

                          @Override
                          public boolean hasMoreElements() {
                            return number < count;
                          }

                          @Override
                          public InputStream nextElement() {
                            byte[] image =
                                number % everySoMany == 0
                                    ? noise
                                    : TestImages.canonicalJpeg(number % 100);
                            return tarEntry("id-" + number++, image);
                          }
                        })));
    int refused = (count + everySoMany - 1) / everySoMany;
    assertThat((long) refused * noise.length).isGreaterThan(Runtime.getRuntime().maxMemory());
    assertThat(answer.summary())
        .isEqualTo(Map.of("accepted", count - refused, "refused", refused, "complete", true));
    assertThat(answer.lines()).hasSize(count + 1);
    assertThat(TopicReader.timesByKey(KAFKA.clients(), Topic.IMAGES)).hasSize(count - refused);
  }

  private void assertProblem(String contentType, byte[] body, int status, String code)
      throws Exception {
    BatchAnswer answer = ingest.batch(contentType, BodyPublishers.ofByteArray(body));
    assertThat(answer.status()).as("%s %s", contentType, answer).isEqualTo(status);
    assertThat(answer.summary()).as(contentType).containsEntry("code", code);
  }

  /** A header, the bytes and what fills up their last block; the end of the tar is missing. */
  private static InputStream tarEntry(String name, byte[] bytes) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    byte[] header = new byte[512];
    entry.writeEntryHeader(header);
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(header),
                new ByteArrayInputStream(bytes),
                new ByteArrayInputStream(new byte[-bytes.length & 511]))));
  }

  private static String sha256(byte[] body) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
    return "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
  }
}
