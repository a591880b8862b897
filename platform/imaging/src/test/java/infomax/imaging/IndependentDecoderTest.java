package infomax.imaging;

import static infomax.imaging.Pictures.encode;
import static infomax.imaging.Pictures.shapes;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.imaging.bench.SampleImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Canonical images against those that ImageMagick makes of the same uploads: the same size, the
 * same way up, the same colours. It also reads what we write as we read it.
 */
final class IndependentDecoderTest {

  /** Levels of 255 by which the colours of two good decoders may differ on average. */
  private static final double MEAN_LEVELS_MAX = 3;

  /** Our own decoder and theirs, of one and the same canonical JPEG. */
  private static final double SAME_FILE_LEVELS_MAX = 1;

  /** From 2048 px on only every n-th pixel is looked at. */
  private static final double SUBSAMPLED_LEVELS_MAX = 6;

  /** Without profiles of inks nobody can say more than roughly which colours they make. */
  private static final double INK_LEVELS_MAX = 40;

  @TempDir Path folder;
  private final ImageIntake intake = ImageIntake.create(1);

  @BeforeAll
  static void find() {
    ImageMagick.assumeInstalled();
  }

  @Test
  void everyKindOfImageHasTheSameSizeAndColours() throws Exception {
    Map<String, byte[]> uploads = new LinkedHashMap<>(SampleImages.ofEveryKind(5));
    uploads.put("gif-animated", Pictures.GIF_ANIMATED);
    uploads.put("webp-lossless-alpha", Pictures.WEBP_LOSSLESS_ALPHA);
    uploads.put("webp-lossy-alpha", Pictures.WEBP_LOSSY_ALPHA);
    BufferedImage large = shapes(1_000, 700, BufferedImage.TYPE_INT_RGB, 6);
    uploads.put("jpeg-1000", encode(large, "jpeg"));
    uploads.put("jpeg-1000-progressive", Pictures.progressive(large, "jpeg"));
    uploads.put("png-1000", encode(large, "png"));
    uploads.put("gif-tall", encode(shapes(300, 901, BufferedImage.TYPE_BYTE_INDEXED, 7), "gif"));
    if (!ImageMagick.reads("WEBP")) {
      System.out.println("this ImageMagick reads no WebP: left out");
      uploads.keySet().removeIf(name -> name.startsWith("webp"));
    }
    for (Map.Entry<String, byte[]> upload : uploads.entrySet()) {
      assertSame(upload.getKey(), upload.getValue(), MEAN_LEVELS_MAX);
    }
  }

  @Test
  void pngOfEveryColourTypeDepthAndInterlacingHasTheSameColours() throws Exception {
    int[][] kinds = {
      {0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1}, {3, 2}, {3, 4}, {3, 8},
      {4, 8}, {4, 16}, {6, 8}, {6, 16}
    };
    for (int number = 0; number < kinds.length; number++) {
      PngSample sample = PngSample.of(kinds[number][0], kinds[number][1], number % 2);
      assertSame(sample.toString(), sample.bytes(), MEAN_LEVELS_MAX);
    }
    for (int colour : new int[] {0, 2, 3}) {
      PngSample sample = PngSample.of(colour, 8, 0).withFirstStripeTransparent();
      assertSame(sample.toString(), sample.bytes(), MEAN_LEVELS_MAX);
    }
  }

  @Test
  void everyOrientationIsTheSameWayUp() throws Exception {
    byte[] small = encode(shapes(90, 60, BufferedImage.TYPE_INT_RGB, 8), "jpeg");
    byte[] large = encode(shapes(640, 400, BufferedImage.TYPE_INT_RGB, 9), "jpeg");
    for (int orientation = 1; orientation <= 8; orientation++) {
      assertSame("small " + orientation, turned(small, orientation), MEAN_LEVELS_MAX);
      assertSame("large " + orientation, turned(large, orientation), MEAN_LEVELS_MAX);
    }
  }

  @Test
  void aPhotographOfManyMegapixelsIsTheSameAtALook() throws Exception {
    byte[] jpeg = encode(shapes(3_000, 2_000, BufferedImage.TYPE_INT_RGB, 10), "jpeg");
    assertSame("3000 x 2000", turned(jpeg, 6), SUBSAMPLED_LEVELS_MAX);
  }

  @Test
  void inksHaveRoughlyTheSameColours() throws Exception {
    assertSame("CMYK", Pictures.JPEG_CMYK, INK_LEVELS_MAX);
  }

  private static byte[] turned(byte[] jpeg, int orientation) {
    return Pictures.withOrientation(jpeg, orientation);
  }

  private void assertSame(String name, byte[] uploaded, double levelsMax) throws Exception {
    assertThat(intake.canonicalize(uploaded)).as(name).isInstanceOf(Accepted.class);
    CanonicalImage canonical = ((Accepted) intake.canonicalize(uploaded)).image();
    Path original = Files.write(folder.resolve("original"), uploaded);
    Path ours = Files.write(folder.resolve("canonical"), canonical.bytes());
    String format = SourceFormat.of(uploaded).orElseThrow().name().toLowerCase(Locale.ROOT);
    List<String> arguments =
        new ArrayList<>(List.of("(", format + ":" + original + "[0]", "-auto-orient"));
    arguments.addAll(List.of("-background", "white", "-alpha", "remove", "-colorspace", "sRGB"));
    arguments.addAll(List.of("-filter", "box", "-resize", "256x256>", ")"));
    arguments.add(canonical.format().name().toLowerCase(Locale.ROOT) + ":" + ours);
    List<RgbPixels> pictures = ImageMagick.pictures(arguments);
    assertThat(pictures).as(name).hasSize(2);
    RgbPixels expected = pictures.getFirst();
    RgbPixels theirs = pictures.getLast();
    assertThat(theirs.width() + " x " + theirs.height())
        .as(name)
        .isEqualTo(expected.width() + " x " + expected.height());
    assertThat(meanLevels(theirs, expected)).as(name).isLessThan(levelsMax);
    assertThat(meanLevels(read(canonical), theirs))
        .as(name + " as we read it")
        .isLessThan(SAME_FILE_LEVELS_MAX);
  }

  private static RgbPixels read(CanonicalImage image) throws IOException {
    return RgbPixels.of(ImageIO.read(new ByteArrayInputStream(image.bytes())));
  }

  private static double meanLevels(RgbPixels one, RgbPixels other) {
    long sum = 0;
    for (int at = 0; at < one.rgb().length; at++) {
      sum += Math.abs((one.rgb()[at] & 0xff) - (other.rgb()[at] & 0xff));
    }
    return (double) sum / one.rgb().length;
  }
}
