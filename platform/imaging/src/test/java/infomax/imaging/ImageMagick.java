package infomax.imaging;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A decoder that shares no line of code with ours, where it is installed. */
final class ImageMagick {

  private static final Optional<String> COMMAND = installed();

  private ImageMagick() {}

  /** Leaves the test out where the program is not installed. */
  static void assumeInstalled() {
    assumeTrue(COMMAND.isPresent(), "ImageMagick is not installed, so nothing is compared with it");
  }

  /** True if it reads a format, by its name in {@code convert -list format}. */
  static boolean reads(String format) throws IOException, InterruptedException {
    return new String(run(List.of("-list", "format")), StandardCharsets.UTF_8)
        .lines()
        .anyMatch(line -> line.strip().matches(format + "\\*?\\s+\\S+\\s+r.*"));
  }

  /**
   * Runs it.
   *
   * @return the pictures it wrote to {@code ppm:-}, in order
   */
  static List<RgbPixels> pictures(List<String> arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("-depth", "8", "ppm:-"));
    byte[] written = run(all);
    List<RgbPixels> pictures = new ArrayList<>();
    int[] at = {0};
    while (at[0] < written.length) {
      if (!word(written, at).equals("P6")) {
        throw new IOException("not a PPM at " + at[0]);
      }
      int width = Integer.parseInt(word(written, at));
      int height = Integer.parseInt(word(written, at));
      if (!word(written, at).equals("255")) {
        throw new IOException("not 8 bits per sample");
      }
      RgbPixels picture = RgbPixels.create(width, height);
      System.arraycopy(written, at[0], picture.rgb(), 0, picture.rgb().length);
      at[0] += picture.rgb().length;
      pictures.add(picture);
    }
    return pictures;
  }

  /** The next word of a header, and past the one space behind it. */
  private static String word(byte[] bytes, int[] at) {
    StringBuilder word = new StringBuilder();
    while (!Character.isWhitespace(bytes[at[0]])) {
      word.append((char) bytes[at[0]++]);
    }
    at[0]++;
    return word.toString();
  }

  private static byte[] run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(arguments);
    command.addFirst(COMMAND.orElseThrow());
    Path errors = Files.createTempFile("imagemagick", ".txt");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      byte[] written;
      try (InputStream output = process.getInputStream()) {
        written = output.readAllBytes();
      }
      if (process.waitFor() != 0) {
        throw new IOException(command + " failed: " + Files.readString(errors));
      }
      return written;
    } finally {
      Files.delete(errors);
    }
  }

  /** Other programs have the same names, so it is asked who it is. */
  private static Optional<String> installed() {
    for (String name : List.of("magick", "/usr/bin/convert", "convert")) {
      try {
        Process process =
            new ProcessBuilder(name, "-version")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String version =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() == 0 && version.startsWith("Version: ImageMagick")) {
          return Optional.of(name);
        }
      } catch (IOException e) {
        // There is none of this name.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }
}
