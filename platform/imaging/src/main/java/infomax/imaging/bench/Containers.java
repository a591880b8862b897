package infomax.imaging.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** The pieces that image files are made of. */
public final class Containers {

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int PNG_HEADER_END = 8 + 25;

  private Containers() {}

  /** Latin-1 bytes. */
  public static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One after the other. */
  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** The same bytes many times. */
  public static byte[] repeated(byte[] part, int times) {
    byte[] all = new byte[part.length * times];
    for (int time = 0; time < times; time++) {
      System.arraycopy(part, 0, all, time * part.length, part.length);
    }
    return all;
  }

  /** A PNG of these chunks. */
  public static byte[] png(byte[]... chunks) {
    return concat(PNG_SIGNATURE, concat(chunks));
  }

  /** The header chunk of a PNG. */
  public static byte[] pngHeader(int width, int height, int depth, int colour, int interlace) {
    byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).array();
    header[8] = (byte) depth;
    header[9] = (byte) colour;
    header[12] = (byte) interlace;
    return chunk("IHDR", header);
  }

  /** A chunk of a PNG with its checksum. */
  public static byte[] chunk(String type, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(latin(type));
    crc.update(content);
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(latin(type))
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }

  /** A PNG with more chunks right after its header. */
  public static byte[] withChunks(byte[] png, byte[]... chunks) {
    return concat(
        Arrays.copyOf(png, PNG_HEADER_END),
        concat(chunks),
        Arrays.copyOfRange(png, PNG_HEADER_END, png.length));
  }

  /** A JPEG with a further segment right after its start. */
  public static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    return concat(
        Arrays.copyOf(jpeg, 2), segment(marker, content), Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  /** A segment of a JPEG. */
  public static byte[] segment(int marker, byte[] content) {
    return ByteBuffer.allocate(4 + content.length)
        .putShort((short) (0xff00 | marker))
        .putShort((short) (content.length + 2))
        .put(content)
        .array();
  }

  /** A WebP of one chunk. */
  static byte[] webp(String type, byte[] content) {
    int padding = content.length & 1;
    return ByteBuffer.allocate(20 + content.length + padding)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(latin("RIFF"))
        .putInt(12 + content.length + padding)
        .put(latin("WEBP" + type))
        .putInt(content.length)
        .put(content)
        .array();
  }

  /** Zlib data of zeros. */
  public static byte[] deflatedZeros(long length) {
    byte[] zeros = new byte[64 * 1024];
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater =
        new DeflaterOutputStream(deflated, new Deflater(Deflater.BEST_SPEED))) {
      for (long left = length; left > 0; left -= zeros.length) {
        deflater.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return deflated.toByteArray();
  }

  /** Zlib data. */
  public static byte[] deflated(byte[] plain) {
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(deflated)) {
      deflater.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return deflated.toByteArray();
  }
}
