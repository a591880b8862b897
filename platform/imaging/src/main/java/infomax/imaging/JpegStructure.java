package infomax.imaging;

import infomax.events.image.ImageFormat;
import java.awt.color.ColorSpace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Walks the segments of a JPEG (ITU-T T.81 annex B) from start to end of image. */
final class JpegStructure {

  private static final int TEM = 0x01;
  private static final int SOF0 = 0xc0;
  private static final int SOF1 = 0xc1;
  private static final int SOF2 = 0xc2;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int SOF15 = 0xcf;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int DQT = 0xdb;
  private static final int DRI = 0xdd;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;
  private static final int JFIF_BYTES_WITHOUT_THUMBNAIL = 14;
  private static final byte[] JFIF = "JFIF\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ICC_NUMBERING_BYTES = 2;
  private static final byte[] ICC = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);

  private final ByteBuffer bytes;
  private int frame;
  private int width;
  private int height;
  private int components;
  private int scans;
  private int orientation = 1;
  private boolean profile;
  private byte[] profileStart = {};
  private boolean foreignSegment;

  private JpegStructure(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  static SourceHeader read(byte[] bytes) throws RejectedImageException {
    return new JpegStructure(bytes).walk();
  }

  private SourceHeader walk() throws RejectedImageException {
    bytes.position(2);
    for (int marker = nextMarker(); marker != EOI; marker = nextMarker()) {
      if (marker == TEM || (marker >= RST0 && marker <= RST7)) {
        continue;
      }
      int begin = bytes.position();
      int length = bytes.getShort() & 0xffff;
      int end = begin + length;
      if (length < 2 || end > bytes.limit()) {
        throw SourceHeader.cutOff(SourceFormat.JPEG);
      }
      segment(marker, end);
      bytes.position(end);
      if (marker == SOS) {
        scans++;
        skipEntropyCoded();
      }
    }
    if (frame == 0 || scans == 0) {
      throw RejectedImageException.undecodable("the JPEG holds no picture, expected a frame");
    }
    boolean plain = components != 4 && !profile;
    // Several scans are the one way in which few bytes of a small baseline JPEG cost much time.
    boolean quick = plain && frame == SOF0 && scans == 1 && SourceHeader.isSmall(width, height);
    boolean canonical =
        quick
            && !foreignSegment
            && !bytes.hasRemaining()
            && bytes.limit() <= ImageLimits.CANONICAL_BYTES_MAX;
    return new SourceHeader(
        SourceFormat.JPEG,
        width,
        height,
        orientation,
        canonical ? Optional.of(ImageFormat.JPEG) : Optional.empty(),
        quick ? DecodeRoute.QUICK : plain ? DecodeRoute.PLAIN : DecodeRoute.CONVERTING,
        frame == SOF2 || scans > 1,
        // The decoder does not tell a profile of gray from having none. They fit into one segment.
        components == 1 && profile
            ? ColourProfile.orNull(profileStart, ColorSpace.TYPE_GRAY)
            : null);
  }

  /** The next marker; junk before it is skipped, as every decoder does. */
  private int nextMarker() {
    int current = bytes.get() & 0xff;
    while (true) {
      while (current != 0xff) {
        foreignSegment = true;
        current = bytes.get() & 0xff;
      }
      while (current == 0xff) {
        current = bytes.get() & 0xff;
      }
      if (current != 0) {
        return current;
      }
    }
  }

  private void segment(int marker, int end) throws RejectedImageException {
    if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) {
      startOfFrame(marker);
      return;
    }
    switch (marker) {
      case DHT, DQT, SOS, DRI -> {}
      case APP0 ->
          foreignSegment |=
              !startsWith(JFIF) || end - bytes.position() != JFIF_BYTES_WITHOUT_THUMBNAIL;
      case APP1 -> {
        foreignSegment = true;
        if (startsWith(EXIF)) {
          int from = bytes.position() + EXIF.length;
          orientation = ExifOrientation.read(bytes.slice(from, end - from));
        }
      }
      case APP2 -> {
        foreignSegment = true;
        if (startsWith(ICC)) {
          profile = true;
          int from = bytes.position() + ICC.length + ICC_NUMBERING_BYTES;
          profileStart = from < end ? Arrays.copyOfRange(bytes.array(), from, end) : profileStart;
        }
      }
      default -> foreignSegment = true;
    }
  }

  private void startOfFrame(int marker) throws RejectedImageException {
    if (frame != 0) {
      throw RejectedImageException.undecodable("the JPEG has two frames, expected one");
    }
    if (marker != SOF0 && marker != SOF1 && marker != SOF2) {
      throw RejectedImageException.undecodable(
          "the JPEG is coded as SOF" + (marker - SOF0) + ", expected baseline or progressive");
    }
    frame = marker;
    int precision = bytes.get();
    height = bytes.getShort() & 0xffff;
    width = bytes.getShort() & 0xffff;
    components = bytes.get() & 0xff;
    SourceHeader.checkSize(width, height);
    if (precision != 8) {
      throw RejectedImageException.undecodable(
          "the JPEG has " + precision + " bits per sample, expected 8");
    }
  }

  private boolean startsWith(byte[] expected) {
    int from = bytes.position();
    return bytes.remaining() >= expected.length
        && Arrays.equals(bytes.array(), from, from + expected.length, expected, 0, expected.length);
  }

  /** Moves to the marker that ends a scan. */
  private void skipEntropyCoded() {
    byte[] array = bytes.array();
    for (int at = bytes.position(); at + 1 < array.length; at++) {
      if (array[at] == (byte) 0xff) {
        int next = array[at + 1] & 0xff;
        if (next != 0 && next != 0xff && (next < RST0 || next > RST7)) {
          bytes.position(at);
          return;
        }
      }
    }
    throw new IndexOutOfBoundsException();
  }
}
