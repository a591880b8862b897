package infomax.standalone.demo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Records that are bad on purpose: what a careless or hostile producer sends. */
enum BadUpload {
  /** A JPEG whose second half never came. */
  CUT_OFF_JPEG {
    @Override
    byte[] bytes(byte[] goodImage) {
      return Arrays.copyOf(goodImage, Math.min(goodImage.length / 4, 200));
    }
  },
  /** Text. */
  TEXT {
    @Override
    byte[] bytes(byte[] goodImage) {
      return "This is not an image.".getBytes(StandardCharsets.UTF_8);
    }
  },
  /** A PNG whose header claims 65535 x 65535 pixels. */
  ENORMOUS_HEADER {
    @Override
    byte[] bytes(byte[] goodImage) {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
      byte[] header =
          ByteBuffer.allocate(17)
              .put("IHDR".getBytes(StandardCharsets.US_ASCII))
              .putInt(65535)
              .putInt(65535)
              .put(new byte[] {8, 2, 0, 0, 0})
              .array();
      CRC32 crc = new CRC32();
      crc.update(header);
      png.writeBytes(ByteBuffer.allocate(4).putInt(13).array());
      png.writeBytes(header);
      png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
      return png.toByteArray();
    }
  };

  /** The bad bytes, made from a good image where that helps. */
  abstract byte[] bytes(byte[] goodImage);
}
