package infomax.encoder.signature;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** The blocks of one kind in a PEM file (RFC 7468). */
final class PemFile {

  private PemFile() {}

  /**
   * The contents of every block.
   *
   * @param label such as {@code PUBLIC KEY}
   * @throws IllegalArgumentException if the file cannot be read or has no such block; the message
   *     names the file and never what it holds
   */
  static List<byte[]> blocks(Path file, String label) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e, e);
    }
    Pattern block =
        Pattern.compile(
            "-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]*)-----END " + label + "-----");
    List<byte[]> blocks =
        block
            .matcher(text)
            .results()
            .map(found -> Base64.getMimeDecoder().decode(found.group(1)))
            .toList();
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException(
          file + " holds no PEM block \"" + label + "\", as openssl writes it");
    }
    return blocks;
  }
}
