package infomax.imaging;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures to upload, made on the spot, and a few that Java cannot write. */
final class Pictures {

  /** What the plain samples below show: 16 x 8 pixels of it. */
  static final Color CRIMSON = new Color(200, 30, 60);

  static final byte[] WEBP_LOSSY =
      base64(
          "UklGRjoAAABXRUJQVlA4IC4AAACQAQCdASoQAAgAAMASJaACdLoAA5gA/vi1F/3GttI6Zf/t8P/7jy/+3w//"
              + "bsgA");
  static final byte[] WEBP_LOSSLESS =
      base64("UklGRh4AAABXRUJQVlA4TBEAAAAvD8ABAAdQjyKXp/+BiOh/AAA=");

  /** Red at half opacity, 16 x 8. */
  static final byte[] WEBP_LOSSY_ALPHA =
      base64(
          "UklGRmQAAABXRUJQVlA4WAoAAAAQAAAADwAABwAAQUxQSAoAAAABB1DAiAhERP8DVlA4IDQAAAAwAgCdASoQ"
              + "AAgAAMASJaACdLoB+AH4AARoAAD++iGX/3easNN39a3/9aOfron+tHP/WVgA");

  /** Red at half opacity, 16 x 8. */
  static final byte[] WEBP_LOSSLESS_ALPHA =
      base64("UklGRhwAAABXRUJQVlA4TA8AAAAvD8ABEAcQ/Y8CBiKi/wEA");

  /** Crimson, then blue. */
  static final byte[] WEBP_ANIMATED =
      base64(
          "UklGRoYAAABXRUJQVlA4WAoAAAACAAAADwAABwAAQU5JTQYAAAAAAAAAAABBTk1GKgAAAAAAAAAAAA8AAAcA"
              + "AGQAAAJWUDhMEQAAAC8PwAEAB1CPIpen/4GI6H8AAEFOTUYoAAAAAAAAAAAADwAABwAAZAAAAFZQOEwP"
              + "AAAALw/AAQAHENH//gciov8BAA==");

  /** Left half black, right half white, EXIF orientation 6: upright the top half is black. */
  static final byte[] WEBP_ORIENTATION_6 =
      base64(
          "UklGRloAAABXRUJQVlA4WAoAAAAIAAAADwAABwAAVlA4TBoAAAAvD8ABAA8w//M///MfeBALJvOX7kwhov+h"
              + "A0VYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA=");

  /** Crimson, then blue. */
  static final byte[] GIF_ANIMATED =
      base64(
          "R0lGODlhEAAIAIEAAMgePAAAAAAAAAAAACH5BAAKAAAALAAAAAAQAAgAAAgVAAEIHEiwoMGDCBMqXMiwocOH"
              + "CAMCACH5BAEKAAEALAAAAAAQAAgAgQAA/wAAAAAAAAAAAAgVAAEIHEiwoMGDCBMqXMiwocOHCAMCADs=");

  /** CMYK 0, 220, 180, 40 of 255 with an Adobe segment, 16 x 8. */
  static final byte[] JPEG_CMYK =
      base64(
          "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0O"
              + "EQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEB"
              + "AAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQy"
              + "gZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hp"
              + "anN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY"
              + "2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9U6+B6+cq+6KKKKK//9k=");

  private Pictures() {}

  /** A picture with shapes, so that every codec has something to do. */
  static BufferedImage shapes(int width, int height, int type, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(random.nextInt(1 << 24)));
    graphics.fillRect(0, 0, width, height);
    for (int shape = 0; shape < 8; shape++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(width), random.nextInt(height), width / 3 + 1, height / 3 + 1);
    }
    graphics.dispose();
    return image;
  }

  static BufferedImage plain(int width, int height, int type, Color colour) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colour.getRGB());
      }
    }
    return image;
  }

  static byte[] encode(RenderedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] progressive(RenderedImage image, String format) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(image, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** A JPEG of four components with an Adobe segment: transform 0 is CMYK, 2 is YCCK. */
  static byte[] fourComponentJpeg(Raster raster, int transform) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(null, new IIOImage(raster, null, null), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    byte[] adobe = concat(ascii("Adobe\0d\0\0\0\0"), new byte[] {(byte) transform});
    return withSegment(bytes.toByteArray(), 0xee, adobe);
  }

  /** A JPEG with one more segment right after its start. */
  static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    ByteBuffer bytes = ByteBuffer.allocate(jpeg.length + 4 + content.length);
    bytes.put(jpeg, 0, 2);
    bytes.putShort((short) (0xff00 | marker)).putShort((short) (content.length + 2)).put(content);
    return bytes.put(jpeg, 2, jpeg.length - 2).array();
  }

  /** A JPEG that says how it is to be turned. */
  static byte[] withOrientation(byte[] jpeg, int orientation) {
    return withSegment(jpeg, 0xe1, concat(ascii("Exif\0\0"), tiff(orientation)));
  }

  /** A PNG with one more chunk right after its header. */
  static byte[] withChunk(byte[] png, String type, byte[] content) {
    int at = 8 + 25;
    byte[] chunk = chunk(type, content);
    return concat(Arrays.copyOf(png, at), concat(chunk, Arrays.copyOfRange(png, at, png.length)));
  }

  static byte[] chunk(String type, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(ascii(type));
    crc.update(content);
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(ascii(type))
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }

  static byte[] tiff(int orientation) {
    return ByteBuffer.allocate(26)
        .put(ascii("MM\0*"))
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 0x0112)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .array();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] concat(byte[] left, byte[] right) {
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  private static byte[] base64(String text) {
    return Base64.getDecoder().decode(text);
  }
}
