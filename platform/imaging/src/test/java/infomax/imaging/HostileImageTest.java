package infomax.imaging;

import static infomax.imaging.Pictures.ascii;
import static infomax.imaging.Pictures.encode;
import static infomax.imaging.Pictures.shapes;
import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.image.CanonicalImage;
import infomax.events.image.RejectionReason;
import infomax.imaging.ImageIntake.Outcome;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.imaging.ImageIntake.Outcome.Rejected;
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
    byte[] webp = Pictures.WEBP_LOSSLESS.clone();
    // 16384 x 1024 pixels in 38 bytes
    Arrays.fill(webp, 21, 24, (byte) 0xff);
    assertRefused(webp, RejectionReason.UNDECODABLE);
  }

  @Test
  void textsOfAPngAreNotInflated() throws Exception {
    byte[] png = encode(shapes(16, 16, BufferedImage.TYPE_BYTE_INDEXED, 1), "png");
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    deflated.write(ascii("k\0\0"));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(deflated)) {
      deflater.write(new byte[250_000]);
    }
    // Each of some 290 bytes holds a text of 250,000; all of them would be 5 GB.
    byte[] text = Pictures.chunk("zTXt", deflated.toByteArray());
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
  void mutantsAreAcceptedOrRefusedAndNothingElse() {
    long seed = Long.getLong("infomax.seed", System.nanoTime());
    System.out.println("seed of HostileImageTest mutants: " + seed);
    Random random = new Random(seed);
    Map<RejectionReason, Integer> refused = new java.util.EnumMap<>(RejectionReason.class);
    int accepted = 0;
    for (Map.Entry<String, byte[]> sample : samples().entrySet()) {
      for (int round = 0; round < 300; round++) {
        byte[] mutant = mutate(sample.getValue(), random);
        switch (intake.canonicalize(mutant)) {
          case Accepted(CanonicalImage image) -> {
            accepted++;
            assertThat(EncoderPixelsTest.colourOf(image)).as(sample.getKey()).isNotNull();
            assertThat(intake.canonicalize(image.bytes())).isEqualTo(new Accepted(image));
          }
          case Rejected(infomax.events.image.Rejection rejection) -> {
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

  @Test
  void aDecodeThatOverrunsIsRefusedAndTheNextOneServed() {
    byte[] bomb = manyScans();
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

  /** A progressive JPEG of 36 million pixels that repeats one of its scans 2,000 times. */
  private static byte[] manyScans() {
    byte[] jpeg =
        Pictures.progressive(new BufferedImage(6_000, 6_000, BufferedImage.TYPE_BYTE_GRAY), "jpeg");
    int scan = lastIndexOf(jpeg, (byte) 0xff, (byte) 0xda);
    byte[] repeated = Arrays.copyOfRange(jpeg, scan, jpeg.length - 2);
    int times = Math.min(2_000, (ImageIntake.BYTES_MAX - jpeg.length) / repeated.length);
    ByteBuffer bomb = ByteBuffer.allocate(jpeg.length + times * repeated.length);
    bomb.put(jpeg, 0, jpeg.length - 2);
    for (int time = 0; time < times; time++) {
      bomb.put(repeated);
    }
    return bomb.put(jpeg, jpeg.length - 2, 2).array();
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

  private static byte[] mutate(byte[] original, Random random) {
    byte[] mutant = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int change = 0; change < changes; change++) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[Math.min(at, 40 % mutant.length)] = (byte) 0xff;
        default -> {
          int from = random.nextInt(mutant.length);
          int length = random.nextInt(Math.min(16, mutant.length - Math.max(at, from)) + 1);
          System.arraycopy(original, from, mutant, at, length);
        }
      }
    }
    return mutant;
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

  private static int lastIndexOf(byte[] bytes, byte first, byte second) {
    for (int at = bytes.length - 2; at >= 0; at--) {
      if (bytes[at] == first && bytes[at + 1] == second) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
