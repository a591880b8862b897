package infomax.imaging.bench;

import static infomax.imaging.bench.Containers.chunk;
import static infomax.imaging.bench.Containers.concat;
import static infomax.imaging.bench.Containers.latin;
import static infomax.imaging.bench.Containers.repeated;

import infomax.imaging.ImageIntake;
import infomax.imaging.bench.HostileImages.Expected;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/** Files that are small to send and large to decode, or large in what nobody needs. */
public enum Bomb {
  /** 25 million pixels, one scan sent again and again. */
  JPEG_OF_MANY_SCANS(Expected.EITHER, Bomb::manyScans),
  /** 10 MiB of EXIF segments. */
  JPEG_HUGE_EXIF(
      Expected.ACCEPTED,
      () -> withSegments(0xe1, concat(latin("Exif\0\0MM\0*\0\0\0\10"), new byte[65_000]), 160)),
  /** 10 MiB of profile segments. */
  JPEG_HUGE_PROFILE(
      Expected.EITHER,
      () -> withSegments(0xe2, concat(latin("ICC_PROFILE\0\1\1"), new byte[65_000]), 160)),
  /** 100,000 frames. */
  GIF_OF_MANY_FRAMES(Expected.ACCEPTED, Bomb::manyFrames),
  /** A profile of 100 MB in 100 KB. */
  PNG_PROFILE(
      Expected.ACCEPTED,
      () ->
          withChunks(chunk("iCCP", concat(latin("p\0\0"), Containers.deflatedZeros(100_000_000))))),
  /** 2,200 profiles of 1 MB each, 2 GB in all. */
  PNG_MANY_PROFILES(
      Expected.ACCEPTED,
      () ->
          withChunks(
              repeated(
                  chunk("iCCP", concat(latin("p\0\0"), Containers.deflatedZeros(1_000_000))),
                  2_200))),
  /** 8,000 texts of 250 KB each, 2 GB in all. */
  PNG_TEXTS(
      Expected.ACCEPTED,
      () ->
          withChunks(
              repeated(
                  chunk("zTXt", concat(latin("k\0\0"), Containers.deflatedZeros(250_000))),
                  8_000))),
  /** 16 x 16 pixels, and 200 MB of further pixels behind them. */
  PNG_DATA(
      Expected.EITHER,
      () ->
          Containers.png(
              Containers.pngHeader(16, 16, 8, 2, 0),
              chunk("IDAT", Containers.deflatedZeros(200_000_000)),
              chunk("IEND", new byte[0]))),
  /** 40 million pixels of one colour. */
  PNG_LARGE(Expected.ACCEPTED, () -> largePng(0)),
  /** The same, interlaced: the data end after the first pass. */
  PNG_LARGE_INTERLACED(Expected.EITHER, () -> largePng(1)),
  /** 25 million pixels of one colour in 36 bytes. */
  WEBP_LARGE(Expected.EITHER, () -> SampleImages.plainWebp(5_000, 5_000, 1)),
  /** One byte more than is accepted. */
  TOO_MANY_BYTES(
      Expected.REFUSED,
      () -> Arrays.copyOf(SampleImages.jpeg(32, 32, 1), ImageIntake.BYTES_MAX + 1));

  private final Expected expected;

  @SuppressWarnings("ImmutableEnumChecker") // suppliers without state
  private final Supplier<byte[]> making;

  Bomb(Expected expected, Supplier<byte[]> making) {
    this.expected = expected;
    this.making = making;
  }

  /** Its name in reports. */
  String kind() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What has to become of it. */
  public Expected expected() {
    return expected;
  }

  /** Its bytes, made anew: together they would fill a small heap. */
  public byte[] bytes() {
    return making.get();
  }

  private static byte[] manyScans() {
    byte[] jpeg =
        SampleImages.progressive(
            new BufferedImage(5_000, 5_000, BufferedImage.TYPE_BYTE_GRAY), "jpeg");
    int scan = jpeg.length - 2;
    while (jpeg[scan] != (byte) 0xff || jpeg[scan + 1] != (byte) 0xda) {
      scan--;
    }
    byte[] repeated = Arrays.copyOfRange(jpeg, scan, jpeg.length - 2);
    int times = Math.min(2_000, (ImageIntake.BYTES_MAX - jpeg.length) / repeated.length);
    return concat(
        Arrays.copyOf(jpeg, jpeg.length - 2), repeated(repeated, times), latin("\u00ff\u00d9"));
  }

  private static byte[] withSegments(int marker, byte[] content, int times) {
    byte[] jpeg = SampleImages.jpeg(300, 200, 1);
    return concat(
        Arrays.copyOf(jpeg, 2),
        repeated(Containers.segment(marker, content), times),
        Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  private static byte[] manyFrames() {
    byte[] gif =
        SampleImages.encode(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_BINARY), "gif");
    // Signature, screen and a table of two colours come before the first block.
    int begin = 13 + (3 << ((gif[10] & 7) + 1));
    byte[] frame = Arrays.copyOfRange(gif, begin, gif.length - 1);
    int times = Math.min(100_000, (ImageIntake.BYTES_MAX - begin - 1) / frame.length);
    return concat(Arrays.copyOf(gif, begin), repeated(frame, times), latin(";"));
  }

  private static byte[] withChunks(byte[] chunks) {
    return Containers.withChunks(
        SampleImages.encode(SampleImages.shapes(24, 24, BufferedImage.TYPE_INT_RGB, 1), "png"),
        chunks);
  }

  private static byte[] largePng(int interlace) {
    return Containers.png(
        Containers.pngHeader(8_000, 5_000, 8, 2, interlace),
        chunk("IDAT", Containers.deflatedZeros((1 + 3 * 8_000L) * 5_000)),
        chunk("IEND", new byte[0]));
  }
}
