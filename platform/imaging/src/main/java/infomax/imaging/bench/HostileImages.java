package infomax.imaging.bench;

import static infomax.imaging.bench.Containers.concat;
import static infomax.imaging.bench.Containers.latin;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A seeded stream of uploads: three in ten are honest images, the others truncated, mutated, bombs,
 * polyglots, of other formats or no images at all. One in {@link #RARE_EVERY} is a {@link Bomb},
 * which costs its receiver up to the decode deadline. The same seed and number give the same
 * upload. Thread-safe.
 */
public final class HostileImages {

  /** One upload in so many is a bomb. */
  public static final int RARE_EVERY = 125;

  /** Uploads are cut after every so many bytes. */
  public static final int CUT_BYTES = 64;

  private static final String[] ENDINGS = {"jpg", "png", "gif", "webp", "bmp", "exe", "html"};
  private static final String[] FOREIGN = {
    "II*\0\10\0\0\0",
    "MM\0*\0\0\0\10",
    "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
    "8BPS\0\1\0\0\0\0\0\0\0\3",
    "\0\0\0\30ftypheic\0\0\0\0mif1heic",
    "\0\0\0\34ftypavif\0\0\0\0avifmif1",
    "%PDF-1.7\n",
    "GIF88a",
    "RIFF\20\0\0\0WAVEfmt ",
    "PK\3\4"
  };

  private final long seed;
  private final List<Map.Entry<String, byte[]>> samples;

  private HostileImages(long seed) {
    this.seed = seed;
    this.samples = List.copyOf(SampleImages.ofEveryKind(seed).entrySet());
  }

  /** The stream of a seed. */
  public static HostileImages of(long seed) {
    return new HostileImages(seed);
  }

  /** What has to become of an upload. */
  public enum Expected {
    /** It is an honest image. */
    ACCEPTED,
    /** It cannot be one. */
    REFUSED,
    /** Either is right: what is left of it may be a picture. */
    EITHER
  }

  /**
   * An upload.
   *
   * @param kind what is wrong with it, or which honest image it is
   * @param ending of the file name it comes under, right or wrong
   * @param bytes its bytes
   * @param expected what has to become of it
   */
  @SuppressWarnings("ArrayRecordComponent") // an upload, handed on and never compared
  public record Input(String kind, String ending, byte[] bytes, Expected expected) {}

  /** Upload number {@code number}, from 0. */
  public Input input(long number) {
    if (number % RARE_EVERY == RARE_EVERY - 1) {
      Bomb[] bombs = Bomb.values();
      Bomb bomb = bombs[(int) (number / RARE_EVERY % bombs.length)];
      return new Input("bomb-" + bomb.kind(), "jpg", bomb.bytes(), bomb.expected());
    }
    Random random = new Random(seed * 1_000_003 + number);
    Map.Entry<String, byte[]> sample = samples.get(random.nextInt(samples.size()));
    String ending = ENDINGS[random.nextInt(ENDINGS.length)];
    return switch (random.nextInt(10)) {
      case 0, 1, 2 ->
          input("honest-" + sample.getKey(), ending, sample.getValue(), Expected.ACCEPTED);
      case 3, 4 -> cut(sample, ending, random);
      case 5, 6 ->
          input(
              "mutated-" + sample.getKey(),
              ending,
              mutant(sample.getValue(), random),
              Expected.EITHER);
      case 7 -> input("claims-too-much", ending, claimingTooMuch(random), Expected.REFUSED);
      case 8 -> polyglot(ending, random);
      default -> noImage(ending, random);
    };
  }

  /** Some bytes of an honest image changed, copied elsewhere or set to the most they can be. */
  public static byte[] mutant(byte[] original, Random random) {
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

  private static Input cut(Map.Entry<String, byte[]> sample, String ending, Random random) {
    byte[] whole = sample.getValue();
    int length = CUT_BYTES * random.nextInt(Math.ceilDiv(whole.length, CUT_BYTES));
    // The first frame of a GIF is whole before the file is.
    Expected expected = sample.getKey().startsWith("gif") ? Expected.EITHER : Expected.REFUSED;
    return input("cut-" + sample.getKey(), ending, Arrays.copyOf(whole, length), expected);
  }

  /** 65535 x 65535 pixels, or the most the format can say. */
  private byte[] claimingTooMuch(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> {
        byte[] jpeg = sample("jpeg").clone();
        Arrays.fill(jpeg, frame(jpeg) + 5, frame(jpeg) + 9, (byte) 0xff);
        yield jpeg;
      }
      case 1 ->
          ByteBuffer.wrap(sample("png").clone()).putInt(16, 65_535).putInt(20, 65_535).array();
      case 2 ->
          ByteBuffer.wrap(sample("bmp").clone())
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(18, 65_535)
              .putInt(22, -65_535)
              .array();
      case 3 -> {
        byte[] webp = sample("webp-lossless").clone();
        Arrays.fill(webp, 21, 25, (byte) 0xff);
        yield webp;
      }
      // 35 bytes in all.
      default ->
          ByteBuffer.allocate(35)
              .put(latin("GIF89a"))
              .putInt(0x00010001)
              .put(
                  new byte[] {0, 0, 0, 0x2c, 0, 0, 0, 0, -1, -1, -1, -1, 0, 2, 2, 0x44, 1, 0, 0x3b})
              .array();
    };
  }

  private Input polyglot(String ending, Random random) {
    return switch (random.nextInt(5)) {
      case 0 ->
          input(
              "polyglot-jpeg-zip",
              ending,
              concat(sample("jpeg"), latin("PK\3\4 a second file")),
              Expected.ACCEPTED);
      case 1 ->
          input(
              "polyglot-jpeg-php",
              ending,
              Containers.withSegment(sample("jpeg"), 0xfe, latin("<?php system('id'); ?>")),
              Expected.ACCEPTED);
      case 2 ->
          input(
              "polyglot-png-html",
              ending,
              Containers.withChunks(
                  sample("png"), Containers.chunk("tEXt", latin("a\0<script>x()</script>"))),
              Expected.ACCEPTED);
      case 3 ->
          input(
              "polyglot-gif-script", ending, latin("GIF89a=1;/*\0\0*/alert(1)"), Expected.REFUSED);
      default ->
          input(
              "polyglot-pdf-jpeg",
              ending,
              concat(latin("%PDF-1.4\n"), sample("jpeg")),
              Expected.REFUSED);
    };
  }

  private Input noImage(String ending, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> input("no-bytes", ending, new byte[0], Expected.REFUSED);
      case 1 -> input("zeros", ending, new byte[1 + random.nextInt(64 * 1024)], Expected.REFUSED);
      case 2 -> {
        byte[] noise = new byte[16 + random.nextInt(4096)];
        random.nextBytes(noise);
        byte[] signature = samples.get(random.nextInt(samples.size())).getValue();
        System.arraycopy(signature, 0, noise, 0, 12);
        yield input("noise", ending, noise, Expected.REFUSED);
      }
      default ->
          input(
              "foreign", ending, latin(FOREIGN[random.nextInt(FOREIGN.length)]), Expected.REFUSED);
    };
  }

  private byte[] sample(String kind) {
    return samples.stream()
        .filter(sample -> sample.getKey().equals(kind))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static int frame(byte[] jpeg) {
    int at = 0;
    while (jpeg[at] != (byte) 0xff || jpeg[at + 1] != (byte) 0xc0) {
      at++;
    }
    return at;
  }

  private static Input input(String kind, String ending, byte[] bytes, Expected expected) {
    return new Input(kind, ending, bytes, expected);
  }
}
