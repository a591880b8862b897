package infomax.encoder.signature;

import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.Int8Variant;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The part of a release that a signature covers, as text: which files it has, how they are to be
 * used, and what the gate said. Its form is a format: a change needs a new number in its first
 * line.
 */
public final class ReleaseStatement {

  private ReleaseStatement() {}

  /** The statement of a release, UTF-8. */
  public static byte[] of(EncoderRelease release) {
    Int8Variant int8 = release.int8();
    StringBuilder text = new StringBuilder("infomax encoder release, format 1\n");
    line(text, "version", Integer.toString(release.version()));
    line(text, "verdict", release.verdict().name().toLowerCase(Locale.ROOT));
    line(text, "pixel-pipeline", Integer.toString(release.pixelPipeline()));
    line(text, "input-size", Integer.toString(release.inputSize()));
    line(text, "dimensions", Integer.toString(release.dimensions()));
    line(text, "onnx", hex(release.onnx()));
    line(text, "golden", hex(release.artifacts().get(EncoderRelease.GOLDEN)));
    line(text, "int8-onnx", hex(int8 == null ? null : int8.onnx()));
    line(text, "int8-golden", hex(int8 == null ? null : int8.golden()));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(' ').append(value).append('\n');
  }

  private static String hex(@Nullable Digest digest) {
    return digest == null ? "none" : digest.hex();
  }
}
