package infomax.imaging;

import static infomax.imaging.Pictures.CRIMSON;
import static infomax.imaging.Pictures.ascii;
import static infomax.imaging.Pictures.encode;
import static infomax.imaging.Pictures.plain;
import static infomax.imaging.Pictures.shapes;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.events.image.ImageFormat;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.imaging.bench.Containers;
import infomax.imaging.bench.SampleImages;
import java.awt.Color;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a canonical image is, for every accepted format. */
final class ImageIntakeTest {

  private static final int JPEG_TOLERANCE = 4;
  private static final Color HALF_RED_ON_WHITE = new Color(255, 127, 127);

  private final ImageIntake intake = ImageIntake.create(1);

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "gif", "bmp"})
  void everyFormatThatJavaWritesKeepsItsColour(String format) throws IOException {
    byte[] uploaded = encode(plain(40, 24, BufferedImage.TYPE_INT_RGB, CRIMSON), format);
    assertPlain(accepted(uploaded), 40, 24, CRIMSON, JPEG_TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"200, 120", "1500, 900", "3100, 2000"})
  void aProgressiveJpegIsShownAfterItsLastScan(int width, int height) throws Exception {
    BufferedImage image = shapes(width, height, BufferedImage.TYPE_INT_RGB, 11);
    byte[] baseline =
        EncoderPixels.of(accepted(Pictures.withOrientation(encode(image, "jpeg"), 1)), 64).bytes();
    byte[] progressive =
        EncoderPixels.of(accepted(Pictures.progressive(image, "jpeg")), 64).bytes();
    assertThat(progressive).isEqualTo(baseline);
  }

  @Test
  void aWebpOfOneColourIsReadWhateverItsSize() throws IOException {
    BufferedImage decoded = decode(accepted(SampleImages.plainWebp(1_000, 500, 3)));
    assertThat(decoded.getWidth()).isEqualTo(256);
    assertNear(
        new Color(decoded.getRGB(0, 0)), new Color(decoded.getRGB(255, 127)), JPEG_TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({
    // colour type of the PNG, bits per sample, interlaced
    "0, 1, 0",
    "0, 2, 0",
    "0, 4, 1",
    "0, 8, 1",
    "0, 16, 0",
    "0, 16, 1",
    "2, 8, 0",
    "2, 8, 1",
    "2, 16, 0",
    "2, 16, 1",
    "3, 1, 0",
    "3, 2, 1",
    "3, 4, 0",
    "3, 8, 1",
    "4, 8, 0",
    "4, 16, 1",
    "6, 8, 1",
    "6, 16, 0"
  })
  void pngOfEveryColourTypeAndDepthKeepsItsColours(int colour, int depth, int interlace)
      throws Exception {
    PngSample sample = PngSample.of(colour, depth, interlace);
    BufferedImage decoded = decode(accepted(sample.bytes()));
    assertThat(decoded.getWidth()).isEqualTo(PngSample.WIDTH);
    for (int x = 0; x < PngSample.WIDTH; x += PngSample.STRIPE) {
      int middle = x + PngSample.STRIPE / 2;
      assertNear(
          new Color(decoded.getRGB(middle, PngSample.HEIGHT / 2)),
          sample.colourOf(middle),
          JPEG_TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "2, 8", "0, 16", "2, 16", "3, 4"})
  void aPngThatCallsOneColourTransparentShowsWhiteThere(int colour, int depth) throws Exception {
    PngSample sample = PngSample.of(colour, depth, 0).withFirstStripeTransparent();
    BufferedImage decoded = decode(accepted(sample.bytes()));
    assertNear(
        new Color(decoded.getRGB(PngSample.STRIPE / 2, PngSample.HEIGHT / 2)),
        Color.WHITE,
        JPEG_TOLERANCE);
    int second = PngSample.STRIPE + PngSample.STRIPE / 2;
    assertNear(
        new Color(decoded.getRGB(second, PngSample.HEIGHT / 2)),
        sample.colourOf(second),
        JPEG_TOLERANCE);
  }

  @Test
  void webpIsReadLossyLosslessAndAnimated() throws IOException {
    assertPlain(accepted(Pictures.WEBP_LOSSY), 16, 8, CRIMSON, 6);
    assertPlain(accepted(Pictures.WEBP_LOSSLESS), 16, 8, CRIMSON, JPEG_TOLERANCE);
    assertPlain(accepted(Pictures.WEBP_ANIMATED), 16, 8, CRIMSON, JPEG_TOLERANCE);
  }

  @Test
  void ofAnAnimationTheFirstFrameIsTaken() throws IOException {
    assertPlain(accepted(Pictures.GIF_ANIMATED), 16, 8, CRIMSON, JPEG_TOLERANCE);
  }

  @Test
  void alphaIsLaidOnWhite() throws IOException {
    byte[] png =
        encode(plain(16, 8, BufferedImage.TYPE_INT_ARGB, new Color(255, 0, 0, 128)), "png");
    assertPlain(accepted(png), 16, 8, HALF_RED_ON_WHITE, JPEG_TOLERANCE);
    assertPlain(accepted(Pictures.WEBP_LOSSLESS_ALPHA), 16, 8, HALF_RED_ON_WHITE, JPEG_TOLERANCE);
    assertPlain(accepted(Pictures.WEBP_LOSSY_ALPHA), 16, 8, HALF_RED_ON_WHITE, 6);
    byte[] gif = encode(new BufferedImage(9, 9, BufferedImage.TYPE_INT_ARGB), "gif");
    assertPlain(accepted(gif), 9, 9, Color.WHITE, JPEG_TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY})
  void grayKeepsItsValue(int type) throws IOException {
    BufferedImage gray = new BufferedImage(20, 20, type);
    int value = type == BufferedImage.TYPE_BYTE_GRAY ? 100 : 100 * 257;
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 20; x++) {
        gray.getRaster().setSample(x, y, 0, value);
      }
    }
    Color expected = new Color(100, 100, 100);
    CanonicalImage png = accepted(encode(gray, "png"));
    assertThat(EncoderPixelsTest.colourOf(png)).isEqualTo(expected);
    if (type == BufferedImage.TYPE_BYTE_GRAY) {
      assertThat(EncoderPixelsTest.colourOf(accepted(encode(gray, "jpeg")))).isEqualTo(expected);
    }
  }

  @Test
  void cmykJpegIsConverted() throws IOException {
    Color colour = EncoderPixelsTest.colourOf(accepted(Pictures.JPEG_CMYK));
    assertThat(colour.getRed()).isBetween(180, 255);
    assertThat(colour.getGreen()).isBetween(10, 90);
    assertThat(colour.getBlue()).isBetween(30, 110);
  }

  /** Samples as Adobe writes them: inks inverted; luma and chroma of inks not inverted. */
  @ParameterizedTest
  @CsvSource({"0, 200, 30, 60", "2, 171, 142, 45"})
  void ycckAndInvertedCmykAreConverted(int transform, int first, int second, int third)
      throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 32, 32, 4, null);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        raster.setPixel(x, y, new int[] {first, second, third, 255});
      }
    }
    Color colour =
        EncoderPixelsTest.colourOf(accepted(Pictures.fourComponentJpeg(raster, transform)));
    // Without ink profiles nobody can say more than roughly which colour this is.
    assertThat(colour.getRed()).isBetween(170, 240);
    assertThat(colour.getGreen()).isBetween(10, 90);
    assertThat(colour.getBlue()).isBetween(30, 110);
  }

  @Test
  void grayProfilesAreApplied() throws IOException {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
    BufferedImage gray = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        gray.getRaster().setSample(x, y, 0, 128);
      }
    }
    byte[] png =
        Pictures.withChunk(
            encode(gray, "png"),
            "iCCP",
            Pictures.concat(ascii("p\0\0"), Containers.deflated(linear)));
    // Java's gray is linear light.
    assertPlain(accepted(png), 64, 64, new Color(188, 188, 188), JPEG_TOLERANCE);
    byte[] jpeg =
        Pictures.withSegment(
            encode(gray, "jpeg"), 0xe2, Pictures.concat(ascii("ICC_PROFILE\0\1\1"), linear));
    assertPlain(accepted(jpeg), 64, 64, new Color(188, 188, 188), JPEG_TOLERANCE);
  }

  @Test
  void embeddedProfilesAreApplied() throws IOException {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    BufferedImage image = plain(64, 64, BufferedImage.TYPE_INT_RGB, new Color(128, 128, 128));
    // Linear light 128 of 255 is 188 on the sRGB curve.
    Color expected = new Color(188, 188, 188);
    byte[] jpeg =
        Pictures.withSegment(
            encode(image, "jpeg"), 0xe2, Pictures.concat(ascii("ICC_PROFILE\0\1\1"), linear));
    assertPlain(accepted(jpeg), 64, 64, expected, JPEG_TOLERANCE);
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(deflated)) {
      deflater.write(linear);
    }
    byte[] png =
        Pictures.withChunk(
            encode(image, "png"), "iCCP", Pictures.concat(ascii("p\0\0"), deflated.toByteArray()));
    assertPlain(accepted(png), 64, 64, expected, JPEG_TOLERANCE);
  }

  @Test
  void damagedProfilesAreIgnored() throws IOException {
    BufferedImage image = plain(64, 64, BufferedImage.TYPE_INT_RGB, CRIMSON);
    byte[] jpeg =
        Pictures.withSegment(encode(image, "jpeg"), 0xe2, ascii("ICC_PROFILE\0\1\1nonsense"));
    assertPlain(accepted(jpeg), 64, 64, CRIMSON, JPEG_TOLERANCE);
    byte[] png = Pictures.withChunk(encode(image, "png"), "iCCP", ascii("p\0\0nonsense"));
    assertPlain(accepted(png), 64, 64, CRIMSON, JPEG_TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({
    // orientation, then where the red corner of the stored picture is when upright
    "1, left, top", "2, right, top", "3, right, bottom", "4, left, bottom",
    "5, left, top", "6, right, top", "7, right, bottom", "8, left, bottom"
  })
  void exifOrientationIsApplied(int orientation, String side, String edge) throws IOException {
    BufferedImage corner = plain(64, 32, BufferedImage.TYPE_INT_RGB, Color.WHITE);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        corner.setRGB(x, y, Color.RED.getRGB());
      }
    }
    byte[] jpeg = Pictures.withOrientation(encode(corner, "jpeg"), orientation);
    byte[] png = Pictures.withChunk(encode(corner, "png"), "eXIf", Pictures.tiff(orientation));
    for (byte[] uploaded : new byte[][] {jpeg, png}) {
      BufferedImage upright = decode(accepted(uploaded));
      assertThat(upright.getWidth()).isEqualTo(orientation < 5 ? 64 : 32);
      assertThat(upright.getHeight()).isEqualTo(orientation < 5 ? 32 : 64);
      int x = side.equals("left") ? 4 : upright.getWidth() - 5;
      int y = edge.equals("top") ? 4 : upright.getHeight() - 5;
      assertNear(new Color(upright.getRGB(x, y)), Color.RED, 12);
      assertNear(
          new Color(upright.getRGB(upright.getWidth() - 1 - x, upright.getHeight() - 1 - y)),
          Color.WHITE,
          12);
    }
  }

  @Test
  void webpOrientationIsApplied() throws IOException {
    BufferedImage upright = decode(accepted(Pictures.WEBP_ORIENTATION_6));
    assertThat(upright.getWidth()).isEqualTo(8);
    assertNear(new Color(upright.getRGB(4, 2)), Color.BLACK, 12);
    assertNear(new Color(upright.getRGB(4, 13)), Color.WHITE, 12);
  }

  @ParameterizedTest
  @CsvSource({
    "jpeg, 256, 256",
    "jpeg, 1, 1",
    "jpeg, 32, 32",
    "png, 256, 100",
    "png, 1, 1",
    "png, 96, 96"
  })
  void aCanonicalImagePassesByteForByte(String format, int width, int height) {
    byte[] uploaded = encode(shapes(width, height, BufferedImage.TYPE_INT_RGB, 1), format);
    CanonicalImage image = accepted(uploaded);
    assertThat(image.bytes()).isEqualTo(uploaded);
    assertThat(image.format().name()).isEqualToIgnoringCase(format);
  }

  @Test
  void whatIsNotCanonicalBecomesAJpeg() {
    BufferedImage image = shapes(64, 64, BufferedImage.TYPE_INT_RGB, 2);
    byte[] jpeg = encode(image, "jpeg");
    byte[] png = encode(image, "png");
    for (byte[] uploaded :
        new byte[][] {
          Pictures.withSegment(jpeg, 0xfe, ascii("a comment")),
          Pictures.withSegment(jpeg, 0xe1, ascii("http://ns.adobe.com/xap/1.0/\0<x/>")),
          Pictures.withSegment(jpeg, 0xed, ascii("Photoshop 3.0\0")),
          Pictures.withOrientation(jpeg, 1),
          Pictures.concat(jpeg, ascii("a second file")),
          Pictures.progressive(image, "jpeg"),
          Pictures.withChunk(png, "tEXt", ascii("Author\0someone")),
          Pictures.withChunk(png, "gAMA", new byte[] {0, 0, (byte) 0xb1, (byte) 0x8f}),
          Pictures.concat(png, ascii("a second file")),
          Pictures.progressive(image, "png"),
          encode(shapes(64, 64, BufferedImage.TYPE_INT_ARGB, 2), "png"),
          encode(shapes(64, 64, BufferedImage.TYPE_BYTE_INDEXED, 2), "png"),
          encode(shapes(64, 64, BufferedImage.TYPE_BYTE_BINARY, 2), "png"),
          encode(shapes(64, 64, BufferedImage.TYPE_USHORT_GRAY, 2), "png"),
          encode(shapes(257, 64, BufferedImage.TYPE_INT_RGB, 2), "png"),
        }) {
      CanonicalImage canonical = accepted(uploaded);
      assertThat(canonical.format()).isEqualTo(ImageFormat.JPEG);
      assertThat(canonical.bytes()).isNotEqualTo(uploaded);
      assertNothingButPicture(canonical.bytes());
      assertThat(accepted(canonical.bytes())).isEqualTo(canonical);
    }
  }

  @Test
  void theSameUploadGivesTheSameBytes() {
    byte[] uploaded = encode(shapes(400, 300, BufferedImage.TYPE_INT_RGB, 3), "png");
    CanonicalImage first = accepted(uploaded);
    accepted(encode(shapes(90, 500, BufferedImage.TYPE_INT_RGB, 4), "png"));
    assertThat(accepted(uploaded)).isEqualTo(first);
    assertThat(ImageIntake.create(2).canonicalize(uploaded)).isEqualTo(new Accepted(first));
  }

  @ParameterizedTest
  @CsvSource({
    "257, 128, 256, 128",
    "3000, 4000, 192, 256",
    "5000, 20, 256, 1",
    "12, 3000, 1, 256",
    "1025, 1025, 256, 256",
    "31, 17, 31, 17"
  })
  void theLongerSideShrinksAndNothingGrows(int width, int height, int newWidth, int newHeight)
      throws IOException {
    byte[] uploaded = encode(plain(width, height, BufferedImage.TYPE_INT_RGB, CRIMSON), "png");
    assertPlain(accepted(uploaded), newWidth, newHeight, CRIMSON, JPEG_TOLERANCE);
  }

  @Test
  void grayAndPaletteOfFewBitsKeepTheirValues() throws IOException {
    // A PNG of 2-bit gray: 0, 85, 170, 255 in four columns.
    byte[] header = {0, 0, 0, 4, 0, 0, 0, 1, 2, 0, 0, 0, 0};
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(deflated)) {
      deflater.write(new byte[] {0, 0b00011011});
    }
    byte[] png =
        Pictures.concat(
            Arrays.copyOf(encode(new BufferedImage(1, 1, 1), "png"), 8),
            Pictures.concat(
                Pictures.chunk("IHDR", header),
                Pictures.concat(
                    Pictures.chunk("IDAT", deflated.toByteArray()),
                    Pictures.chunk("IEND", new byte[0]))));
    BufferedImage decoded = decode(accepted(png));
    for (int x = 0; x < 4; x++) {
      assertNear(new Color(decoded.getRGB(x, 0)), new Color(85 * x, 85 * x, 85 * x), 12);
    }
  }

  /** Baseline JPEG: JFIF, tables, one frame without subsampling, one scan. */
  private static void assertNothingButPicture(byte[] jpeg) {
    int at = 2;
    while (true) {
      int marker = jpeg[at + 1] & 0xff;
      assertThat(marker).isIn(0xe0, 0xdb, 0xc4, 0xc0, 0xda);
      if (marker == 0xc0) {
        assertThat(jpeg[at + 9]).isEqualTo((byte) 3);
        for (int component = 0; component < 3; component++) {
          assertThat(jpeg[at + 11 + 3 * component]).isEqualTo((byte) 0x11);
        }
      }
      if (marker == 0xda) {
        return;
      }
      at += 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
    }
  }

  private CanonicalImage accepted(byte[] uploaded) {
    ImageIntake.Outcome outcome = intake.canonicalize(uploaded);
    assertThat(outcome).isInstanceOf(Accepted.class);
    return ((Accepted) outcome).image();
  }

  private static BufferedImage decode(CanonicalImage image) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(image.bytes()));
  }

  private static void assertPlain(
      CanonicalImage image, int width, int height, Color expected, int tolerance)
      throws IOException {
    BufferedImage decoded = decode(image);
    assertThat(decoded.getWidth()).isEqualTo(width);
    assertThat(decoded.getHeight()).isEqualTo(height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        assertNear(new Color(decoded.getRGB(x, y)), expected, tolerance);
      }
    }
  }

  private static void assertNear(Color colour, Color expected, int tolerance) {
    assertThat(
            Math.abs(colour.getRed() - expected.getRed())
                + Math.abs(colour.getGreen() - expected.getGreen())
                + Math.abs(colour.getBlue() - expected.getBlue()))
        .as("%s near %s", colour, expected)
        .isLessThanOrEqualTo(3 * tolerance);
  }
}
