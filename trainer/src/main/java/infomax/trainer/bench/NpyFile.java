package infomax.trainer.bench;

import infomax.trainer.statistics.VectorSet;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * NumPy's file format for one array (version 1.0, NEP 1): anyone can recompute a figure from it.
 */
final class NpyFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;

  private NpyFile() {}

  /** Writes vectors as a float32 array (vector, component). */
  static void write(Path file, VectorSet vectors) throws IOException {
    String description =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(vectors.count(), vectors.dimensions());
    int unpadded = MAGIC.length + Short.BYTES + description.length() + 1;
    String header = description + " ".repeat(Math.floorMod(-unpadded, ALIGNMENT)) + "\n";
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(MAGIC);
      out.write(header.length() & 0xff);
      out.write(header.length() >> 8);
      out.write(header.getBytes(StandardCharsets.US_ASCII));
      ByteBuffer row =
          ByteBuffer.allocate(vectors.dimensions() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < vectors.count(); i++) {
        row.asFloatBuffer().put(vectors.row(i));
        out.write(row.array());
      }
    }
  }
}
