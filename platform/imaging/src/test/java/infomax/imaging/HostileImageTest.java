package infomax.imaging;

import static infomax.imaging.Pictures.ascii;
import static infomax.imaging.Pictures.encode;
import static infomax.imaging.Pictures.shapes;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.events.image.Rejection;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake.Outcome;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.imaging.ImageIntake.Outcome.Rejected;
import infomax.imaging.bench.Bomb;
import infomax.imaging.bench.Containers;
import infomax.imaging.bench.HostileImages;
import infomax.imaging.bench.HostileImages.Input;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every upload is accepted or refused with a reason, cheaply; none throws or hangs. */
final class HostileImageTest {

  private static final Duration CHEAP = Duration.ofMillis(500);

  private final ImageIntake intake = ImageIntake.create(2);

  @Test
  void noImagesAreRefusedByTheirLeadingBytes() {
    assertRefused(new byte[0], RejectionReason.EMPTY);
    for (String text :
        new String[] {
          "x",
          "this is text, not an image",
          "<svg xmlns='http://www.w3.org/2000/svg'/>",
          "<html><img src=x></html>",
          "%PDF-1.7",
          "II*\0\10\0\0\0",
          "RIFF\20\0\0\0WAVEfmt ",
          "GIF88a",
          "PK\3\4"
        }) {
      assertRefused(ascii(text), RejectionReason.UNSUPPORTED_FORMAT);
    }
  }

  @Test
  void whatIsNotAcceptedIsNamedAndSoIsWhatIs() {
    Map<String, String> leadingBytes = new LinkedHashMap<>();
    leadingBytes.put("II*\0\10\0\0\0", "TIFF");
    leadingBytes.put("MM\0*\0\0\0\10", "TIFF");
    leadingBytes.put("8BPS\0\1", "PSD");
    leadingBytes.put("<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG");
    leadingBytes.put("<?xml version='1.0'?><!-- made by hand --><svg/>", "SVG");
    leadingBytes.put("\0\0\0\30ftypheic\0\0\0\0mif1heic", "HEIC");
    leadingBytes.put("\0\0\0\34ftypavif\0\0\0\0avifmif1", "AVIF");
    leadingBytes.put("\0\0\0\fJXL \r\n", "JPEG XL");
    leadingBytes.put("%PDF-1.7", "PDF");
    leadingBytes.put("{\"specversion\":\"1.0\"}", "JSON");
    leadingBytes.forEach(
        (leading, name) ->
            assertThat(intake.canonicalize(ascii(leading)))
                .isEqualTo(
                    new Rejected(
                        new Rejection(
                            RejectionReason.UNSUPPORTED_FORMAT,
                            "leading bytes are those of "
                                + name
                                + ", expected JPEG, PNG, WebP, GIF or BMP"))));
  }

  @ParameterizedTest
  @CsvSource({"png, 257, 1", "png, 1, 257", "jpeg, 2600, 10", "bmp, 10, 2570", "gif, 514, 2"})
  void aPictureMuchLongerThanWideIsRefused(String format, int width, int height) {
    byte[] bytes = encode(shapes(width, height, BufferedImage.TYPE_INT_RGB, 1), format);
    assertRefused(bytes, RejectionReason.EXTREME_ASPECT);
  }

  @Test
  void tooManyBytesAreRefusedAndTheMostAreTaken() {
    byte[] jpeg = encode(shapes(64, 64, BufferedImage.TYPE_INT_RGB, 1), "jpeg");
    assertRefused(Arrays.copyOf(jpeg, ImageIntake.BYTES_MAX + 1), RejectionReason.TOO_MANY_BYTES);
    assertThat(intake.canonicalize(Arrays.copyOf(jpeg, ImageIntake.BYTES_MAX)))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void headersThatClaimTooMuchAreRefusedBeforeDecoding() {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    byte[] jpeg = encode(shapes(64, 64, BufferedImage.TYPE_INT_RGB, 1), "jpeg");
    bombs.put("jpeg", claim(jpeg, indexOf(jpeg, (byte) 0xff, (byte) 0xc0) + 5));
    bombs.put("cut-off jpeg", Arrays.copyOf(bombs.get("jpeg"), 300));
    byte[] png = encode(shapes(64, 64, BufferedImage.TYPE_INT_RGB, 1), "png");
    bombs.put("png", ByteBuffer.wrap(png.clone()).putInt(16, 65_535).putInt(20, 65_535).array());
    bombs.put("huge png", ByteBuffer.wrap(png.clone()).putInt(16, 0x7fffffff).array());
    byte[] bmp = encode(shapes(64, 64, BufferedImage.TYPE_INT_RGB, 1), "bmp");
    bombs.put(
        "bmp",
        ByteBuffer.wrap(bmp.clone())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(18, 65_535)
            .putInt(22, -65_535)
            .array());
    byte[] screen = "GIF89a".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    bombs.put(
        "gif of 35 bytes",
        ByteBuffer.allocate(35)
            .put(screen)
            .putInt(0x00010001)
            .put(new byte[] {0, 0, 0, 0x2c, 0, 0, 0, 0, -1, -1, -1, -1, 0, 2, 2, 0x44, 1, 0, 0x3b})
            .array());
    bombs.put("gif screen", ByteBuffer.allocate(35).put(screen).putInt(-1).array());
    byte[] webp = Pictures.WEBP_LOSSLESS.clone();
    Arrays.fill(webp, 21, 25, (byte) 0xff);
    bombs.put("webp", webp);
    byte[] extended = Pictures.WEBP_LOSSY_ALPHA.clone();
    Arrays.fill(extended, 24, 30, (byte) 0xff);
    bombs.put("extended webp", extended);
    bombs.forEach(
        (name, bytes) ->
            assertThat(reason(bytes)).as(name).isEqualTo(RejectionReason.TOO_MANY_PIXELS));
  }

  @Test
  void aWebpThatEndsLongBeforeItsPixelsIsCheap() {
    byte[] webp = Pictures.WEBP_ORIENTATION_6.clone();
    // A picture of 4096 x 256 pixels and of two colours in 98 bytes, on a canvas as large.
    ByteBuffer.wrap(webp)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(24, 0xff000fff)
        .putShort(28, (short) 0x0000)
        .putInt(39, 4095 | 255 << 14);
    assertRefused(webp, RejectionReason.UNDECODABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zTXt", "iCCP"})
  void whatAPngHoldsBesideItsPixelsIsNotInflated(String chunk) throws Exception {
    byte[] png = encode(shapes(16, 16, BufferedImage.TYPE_BYTE_INDEXED, 1), "png");
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    deflated.write(ascii("k\0\0"));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(deflated)) {
      deflater.write(new byte[250_000]);
    }
    // Each of some 290 bytes holds 250,000; all of them would be 5 GB.
    byte[] text = Pictures.chunk(chunk, deflated.toByteArray());
    int times = 20_000;
    byte[] texts = new byte[times * text.length];
    for (int time = 0; time < times; time++) {
      System.arraycopy(text, 0, texts, time * text.length, text.length);
    }
    byte[] bomb = concat(Arrays.copyOf(png, 33), texts, Arrays.copyOfRange(png, 33, png.length));
    assertThat(bomb.length).isLessThan(ImageIntake.BYTES_MAX);
    long startNanos = System.nanoTime();
    assertThat(intake.canonicalize(bomb)).isInstanceOf(Accepted.class);
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(CHEAP);
  }

  @Test
  void aPrefixOfAnImageIsNoImage() {
    samples()
        .forEach(
            (name, bytes) -> {
              for (int length = 1; length < bytes.length; length++) {
                Outcome outcome = intake.canonicalize(Arrays.copyOf(bytes, length));
                // The first frame of an animation is whole before the file is; so is a picture
                // before trailing bytes.
                boolean mayBeWhole = name.startsWith("gif");
                if (!mayBeWhole) {
                  assertThat(outcome).as(name + " cut to " + length).isInstanceOf(Rejected.class);
                }
              }
            });
  }

  @Test
  void aPictureWhoseDataEndWithinAWholeFileIsRefused() {
    BufferedImage image = shapes(120, 90, BufferedImage.TYPE_INT_RGB, 4);
    byte[] jpeg = encode(image, "jpeg");
    assertRefused(
        Pictures.concat(
            Arrays.copyOf(jpeg, jpeg.length / 2), new byte[] {(byte) 0xff, (byte) 0xd9}),
        RejectionReason.UNDECODABLE);
    byte[] rows = new byte[90 * (1 + 3 * 120)];
    byte[] half = Containers.deflated(Arrays.copyOf(rows, rows.length / 2));
    byte[] whole = Containers.deflated(rows);
    for (byte[] data : new byte[][] {half, Arrays.copyOf(whole, whole.length / 2)}) {
      assertRefused(
          Containers.png(
              Containers.pngHeader(120, 90, 8, 2, 0),
              Containers.chunk("IDAT", data),
              Containers.chunk("IEND", new byte[0])),
          RejectionReason.UNDECODABLE);
    }
    byte[] gif = encode(image, "gif");
    // The data of the frame end with its first block, or there are none at all.
    int begin = 13 + (3 << ((gif[10] & 7) + 1));
    while (gif[begin] != 0x2c) {
      begin += 8;
    }
    int table = (gif[begin + 9] & 0x80) == 0 ? 0 : 3 << ((gif[begin + 9] & 7) + 1);
    int block = begin + 11 + table;
    byte[] end = {0, 0x3b};
    assertRefused(
        Pictures.concat(Arrays.copyOf(gif, block + 1 + (gif[block] & 0xff)), end),
        RejectionReason.UNDECODABLE);
    assertRefused(Pictures.concat(Arrays.copyOf(gif, block), end), RejectionReason.UNDECODABLE);
  }

  @Test
  void mutantsAreAcceptedOrRefusedAndNothingElse() {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of HostileImageTest mutants: " + seed);
    Random random = new Random(seed);
    Map<RejectionReason, Integer> refused = new java.util.EnumMap<>(RejectionReason.class);
    int accepted = 0;
    for (Map.Entry<String, byte[]> sample : samples().entrySet()) {
      for (int round = 0; round < 200; round++) {
        byte[] mutant = HostileImages.mutant(sample.getValue(), random);
        switch (intake.canonicalize(mutant)) {
          case Accepted(CanonicalImage image) -> {
            accepted++;
            assertThat(EncoderPixelsTest.colourOf(image)).as(sample.getKey()).isNotNull();
            assertThat(intake.canonicalize(image.bytes())).isEqualTo(new Accepted(image));
          }
          case Rejected(Rejection rejection) -> {
            refused.merge(rejection.reason(), 1, Integer::sum);
            assertThat(rejection.message()).hasSizeLessThan(400).doesNotContain("\n");
          }
        }
      }
    }
    System.out.println("accepted=" + accepted + " refused=" + refused);
    assertThat(accepted).isPositive();
    assertThat(refused).containsKeys(RejectionReason.UNDECODABLE, RejectionReason.TOO_MANY_PIXELS);
  }

  @Test
  void aLargeUniformPngIsCheap() throws Exception {
    byte[] header = ByteBuffer.allocate(13).putInt(8_000).putInt(5_000).array();
    header[8] = 8;
    header[9] = 2;
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater =
        new DeflaterOutputStream(deflated, new Deflater(Deflater.BEST_SPEED))) {
      byte[] row = new byte[1 + 3 * 8_000];
      for (int y = 0; y < 5_000; y++) {
        deflater.write(row);
      }
    }
    byte[] png =
        concat(
            Arrays.copyOf(encode(new BufferedImage(1, 1, 1), "png"), 8),
            Pictures.chunk("IHDR", header),
            Pictures.chunk("IDAT", deflated.toByteArray()),
            Pictures.chunk("IEND", new byte[0]));
    assertThat(intake.canonicalize(png)).isInstanceOf(Accepted.class);
  }

  @ParameterizedTest
  @EnumSource
  void aBombDoesWhatItsReceiverExpects(Bomb bomb) {
    assertExpected(
        new Input(bomb.name(), "jpg", bomb.bytes(), bomb.expected()), Duration.ofSeconds(9));
  }

  @Test
  void strangersUploadsAreAcceptedOrRefusedAsTheyDeserve() {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of HostileImageTest uploads: " + seed);
    HostileImages uploads = HostileImages.of(seed);
    for (int number = 0; number < 500; number++) {
      if (number % HostileImages.RARE_EVERY != HostileImages.RARE_EVERY - 1) {
        assertExpected(uploads.input(number), Duration.ofSeconds(2));
      }
    }
  }

  private void assertExpected(Input input, Duration within) {
    long startNanos = System.nanoTime();
    Outcome outcome = intake.canonicalize(input.bytes());
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .as(input.kind() + " " + outcome)
        .isLessThan(within);
    switch (input.expected()) {
      case ACCEPTED -> assertThat(outcome).as(input.kind()).isInstanceOf(Accepted.class);
      case REFUSED -> assertThat(outcome).as(input.kind()).isInstanceOf(Rejected.class);
      case EITHER -> {}
    }
  }

  @Test
  void aDecodeThatOverrunsIsRefusedAndTheNextOneServed() {
    byte[] bomb = Bomb.JPEG_OF_MANY_SCANS.bytes();
    assertThat(bomb.length).isLessThanOrEqualTo(ImageIntake.BYTES_MAX);
    ImageIntake narrow = ImageIntake.create(1);
    assertThat(narrow.canonicalize(bomb))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected ->
                assertThat(rejected.rejection().reason())
                    .isEqualTo(RejectionReason.DECODE_TIMEOUT));
    byte[] good = encode(shapes(300, 300, BufferedImage.TYPE_INT_RGB, 1), "jpeg");
    assertThat(narrow.canonicalize(good)).isInstanceOf(Accepted.class);
  }

  private static Map<String, byte[]> samples() {
    BufferedImage image = shapes(40, 30, BufferedImage.TYPE_INT_RGB, 8);
    Map<String, byte[]> samples = new LinkedHashMap<>();
    samples.put("jpeg", encode(image, "jpeg"));
    samples.put("jpeg progressive", Pictures.progressive(image, "jpeg"));
    samples.put("jpeg cmyk", Pictures.JPEG_CMYK);
    samples.put("png", encode(image, "png"));
    samples.put("png interlaced", Pictures.progressive(image, "png"));
    samples.put("png alpha", encode(shapes(20, 20, BufferedImage.TYPE_INT_ARGB, 8), "png"));
    samples.put("gif", encode(image, "gif"));
    samples.put("gif animated", Pictures.GIF_ANIMATED);
    samples.put("bmp", encode(shapes(12, 9, BufferedImage.TYPE_INT_RGB, 8), "bmp"));
    samples.put("webp lossy", Pictures.WEBP_LOSSY);
    samples.put("webp lossless", Pictures.WEBP_LOSSLESS);
    samples.put("webp alpha", Pictures.WEBP_LOSSY_ALPHA);
    samples.put("webp animated", Pictures.WEBP_ANIMATED);
    return samples;
  }

  private void assertRefused(byte[] bytes, RejectionReason reason) {
    assertThat(reason(bytes)).isEqualTo(reason);
  }

  private RejectionReason reason(byte[] bytes) {
    long startNanos = System.nanoTime();
    Outcome outcome = intake.canonicalize(bytes);
    assertThat(outcome).isInstanceOf(Rejected.class);
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .as(outcome.toString())
        .isLessThan(CHEAP);
    return ((Rejected) outcome).rejection().reason();
  }

  private static byte[] claim(byte[] jpeg, int at) {
    byte[] claiming = jpeg.clone();
    Arrays.fill(claiming, at, at + 4, (byte) 0xff);
    return claiming;
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[0];
    for (byte[] part : parts) {
      all = Pictures.concat(all, part);
    }
    return all;
  }

  private static int indexOf(byte[] bytes, byte first, byte second) {
    for (int at = 0; at + 1 < bytes.length; at++) {
      if (bytes[at] == first && bytes[at + 1] == second) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
