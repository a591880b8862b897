package infomax.ingest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake;
import infomax.imaging.bench.SampleImages;
import infomax.ingest.intake.UploadIntake.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;

final class UploadIntakeTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final UploadIntake intake =
      new UploadIntake(ImageIntake.create(1), new UploadCounters(meters));

  @Test
  void anImageThatTookTooLongIsNotTriedAgain() throws IOException {
    Upload bomb = new Upload(new byte[] {'a'}, manyScans(), null, Map.of());
    Outcome first = intake.take(bomb, UploadSource.KAFKA);
    assertThat(first)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused ->
                assertThat(refused.rejection().reason()).isEqualTo(RejectionReason.DECODE_TIMEOUT));
    long startNanos = System.nanoTime();
    assertThat(intake.take(bomb, UploadSource.HTTP)).isEqualTo(first);
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(1));
    assertThat(meters.get("infomax.ingest.uploads").tag("source", "http").timer().count())
        .isEqualTo(1);
  }

  @Test
  void aSubjectThatWasNoUtf8NamesNoImage() {
    for (String subject : new String[] {"k\ufffdtzchen", "", "x".repeat(513)}) {
      Upload upload =
          new Upload(
              null, SampleImages.jpeg(32, 32, 1), null, Map.of(UploadIntake.SUBJECT, subject));
      assertThat(intake.take(upload, UploadSource.KAFKA))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.rejection().reason()).isEqualTo(RejectionReason.INVALID_ID));
    }
  }

  /** A progressive JPEG of 36 million pixels that repeats one of its scans. */
  private static byte[] manyScans() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      BufferedImage image = new BufferedImage(6_000, 6_000, BufferedImage.TYPE_BYTE_GRAY);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    byte[] jpeg = bytes.toByteArray();
    int scan = jpeg.length - 2;
    while (jpeg[scan] != (byte) 0xff || jpeg[scan + 1] != (byte) 0xda) {
      scan--;
    }
    byte[] repeated = Arrays.copyOfRange(jpeg, scan, jpeg.length - 2);
    int times = Math.min(2_000, (ImageIntake.BYTES_MAX - jpeg.length) / repeated.length);
    ByteBuffer bomb = ByteBuffer.allocate(jpeg.length + times * repeated.length);
    bomb.put(jpeg, 0, jpeg.length - 2);
    for (int time = 0; time < times; time++) {
      bomb.put(repeated);
    }
    return bomb.put(jpeg, jpeg.length - 2, 2).array();
  }
}
