package infomax.imaging;

import infomax.events.image.ImageFormat;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Walks the chunks of a PNG (ISO/IEC 15948) from header to end, checking critical checksums. */
final class PngStructure {

  private static final int SIGNATURE_BYTES = 8;

  /** Length, type and checksum. */
  private static final int CHUNK_FRAME_BYTES = 12;

  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504c5445;
  private static final int IDAT = 0x49444154;
  private static final int TRNS = 0x74524e53;
  private static final int IEND = 0x49454e44;
  private static final int ICCP = 0x69434350;
  private static final int EXIF = 0x65584966;
  private static final int COLOUR_GRAY = 0;
  private static final int COLOUR_RGB = 2;
  private static final int COLOUR_GRAY_ALPHA = 4;

  /** No real profile is larger. */
  private static final int PROFILE_BYTES_MAX = 1024 * 1024;

  private final ByteBuffer bytes;
  private int width;
  private int height;
  private int depth;
  private int colour;
  private int interlace;
  private int orientation = ExifOrientation.UPRIGHT;
  private boolean pixels;
  private boolean foreignChunk;
  private boolean profileSeen;
  private @Nullable ICC_Profile profile;

  private PngStructure(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  static SourceHeader read(byte[] bytes) throws RejectedImageException {
    return new PngStructure(bytes).walk();
  }

  /**
   * The chunks that make the picture, of bytes that {@link #read} has accepted; the same array if
   * there are no others. The decoder would inflate the texts of the others and keep them all.
   */
  static byte[] essential(byte[] png) {
    ByteBuffer source = ByteBuffer.wrap(png);
    ByteBuffer kept = ByteBuffer.allocate(png.length);
    kept.put(png, 0, SIGNATURE_BYTES);
    int at = SIGNATURE_BYTES;
    int type;
    do {
      int length = CHUNK_FRAME_BYTES + source.getInt(at);
      type = source.getInt(at + 4);
      if (type == IHDR || type == PLTE || type == TRNS || type == IDAT || type == IEND) {
        kept.put(png, at, length);
      }
      at += length;
    } while (type != IEND);
    return kept.hasRemaining() ? Arrays.copyOf(kept.array(), kept.position()) : png;
  }

  private SourceHeader walk() throws RejectedImageException {
    bytes.position(SIGNATURE_BYTES);
    int type;
    do {
      int length = bytes.getInt();
      int begin = bytes.position() + 4;
      type = bytes.getInt();
      if (width == 0 && type != IHDR) {
        throw RejectedImageException.undecodable("the PNG does not begin with its header");
      }
      if (type == IHDR) {
        header();
      }
      if (length < 0 || length > bytes.limit() - begin - 4) {
        throw SourceHeader.cutOff(SourceFormat.PNG);
      }
      chunk(type, begin, length);
      bytes.position(begin + length + 4);
    } while (type != IEND);
    if (!pixels) {
      throw RejectedImageException.undecodable("the PNG holds no pixels");
    }
    boolean small = SourceHeader.isSmall(width, height);
    boolean canonical =
        small
            && !foreignChunk
            && !bytes.hasRemaining()
            && bytes.limit() <= ImageLimits.CANONICAL_BYTES_MAX
            && depth == 8
            && interlace == 0
            && (colour == COLOUR_GRAY || colour == COLOUR_RGB);
    return new SourceHeader(
        SourceFormat.PNG,
        width,
        height,
        orientation,
        canonical ? Optional.of(ImageFormat.PNG) : Optional.empty(),
        small ? DecodeRoute.QUICK : DecodeRoute.PLAIN,
        false,
        profile);
  }

  private void header() throws RejectedImageException {
    if (width != 0) {
      throw RejectedImageException.undecodable("the PNG has two headers, expected one");
    }
    width = bytes.getInt();
    height = bytes.getInt();
    depth = bytes.get();
    colour = bytes.get();
    bytes.getShort();
    interlace = bytes.get();
    SourceHeader.checkSize(width, height);
  }

  private void chunk(int type, int begin, int length) throws RejectedImageException {
    switch (type) {
      case IHDR, IEND -> checkSum(begin, length);
      case IDAT -> {
        pixels = true;
        checkSum(begin, length);
      }
      case PLTE -> {
        foreignChunk = true;
        checkSum(begin, length);
      }
      case ICCP -> {
        foreignChunk = true;
        // One is allowed. Each of 1 KB can hold 1 MiB, and 10,000 of them would take a minute.
        if (!profileSeen) {
          profileSeen = true;
          profile = profile(begin, length);
        }
      }
      case EXIF -> {
        foreignChunk = true;
        orientation = ExifOrientation.read(bytes.slice(begin, length));
      }
      default -> foreignChunk = true;
    }
  }

  /** The checksum covers the type and the content. */
  private void checkSum(int begin, int length) throws RejectedImageException {
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), begin - 4, length + 4);
    if ((int) crc.getValue() != bytes.getInt(begin + length)) {
      throw RejectedImageException.undecodable(
          "a checksum of the PNG is wrong, the file is damaged");
    }
  }

  /** The embedded profile; one that makes no sense is ignored, as every viewer does. */
  private @Nullable ICC_Profile profile(int begin, int length) {
    int nameEnd = begin;
    while (nameEnd < begin + length && bytes.get(nameEnd) != 0) {
      nameEnd++;
    }
    int from = nameEnd + 2;
    if (from >= begin + length) {
      return null;
    }
    try (InflaterInputStream inflated =
        new InflaterInputStream(
            new ByteArrayInputStream(bytes.array(), from, begin + length - from))) {
      boolean gray = colour == COLOUR_GRAY || colour == COLOUR_GRAY_ALPHA;
      return ColourProfile.orNull(
          inflated.readNBytes(PROFILE_BYTES_MAX),
          gray ? ColorSpace.TYPE_GRAY : ColorSpace.TYPE_RGB);
    } catch (IOException e) {
      return null;
    }
  }
}
