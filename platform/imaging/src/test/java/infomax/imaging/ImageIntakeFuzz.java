package infomax.imaging;

import infomax.events.image.CanonicalImage;
import infomax.events.image.Rejection;
import infomax.imaging.ImageIntake.Outcome;
import infomax.imaging.bench.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has to hold for whatever bytes are uploaded, as a target of a fuzzer ({@code .ci/fuzz}): an
 * upload is accepted or refused and nothing else, and what is accepted is canonical.
 */
public final class ImageIntakeFuzz {

  private static final ImageIntake INTAKE = ImageIntake.create(2);

  private ImageIntakeFuzz() {}

  /** One upload; whatever it throws is a defect. */
  public static void fuzzerTestOneInput(byte[] uploaded) {
    switch (INTAKE.canonicalize(uploaded)) {
      case Outcome.Rejected(Rejection rejection) -> {
        if (rejection.message().lines().count() != 1 || rejection.message().length() > 400) {
          throw new AssertionError("no message for people: " + rejection);
        }
      }
      case Outcome.Accepted(CanonicalImage image) -> {
        if (!INTAKE.canonicalize(image.bytes()).equals(new Outcome.Accepted(image))) {
          throw new AssertionError("not canonical: " + image);
        }
        try {
          EncoderPixels.of(image, 32);
        } catch (UndecodableImageException e) {
          throw new AssertionError("accepted, but no encoder can read it", e);
        }
      }
    }
  }

  /** What the classes need that are seen for the first time is not what an input takes. */
  public static void fuzzerInitialize() {
    for (byte[] seed : seeds().values()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Writes small images to begin with into a folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (Map.Entry<String, byte[]> seed : seeds().entrySet()) {
      Files.write(folder.resolve(seed.getKey()), seed.getValue());
    }
  }

  private static Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>(SampleImages.ofEveryKind(1));
    seeds.put("jpeg-cmyk", Pictures.JPEG_CMYK);
    seeds.put("jpeg-turned", Pictures.withOrientation(SampleImages.jpeg(16, 8, 1), 6));
    seeds.put("gif-animated", Pictures.GIF_ANIMATED);
    seeds.put("webp-alpha", Pictures.WEBP_LOSSY_ALPHA);
    seeds.put("webp-animated", Pictures.WEBP_ANIMATED);
    seeds.put("webp-turned", Pictures.WEBP_ORIENTATION_6);
    for (int[] kind : new int[][] {{0, 1}, {2, 16}, {3, 4}, {4, 8}, {6, 16}}) {
      PngSample png = PngSample.of(kind[0], kind[1], 1);
      seeds.put("png-%d-%d".formatted(kind[0], kind[1]), png.bytes());
    }
    seeds.remove("jpeg-large");
    return seeds;
  }
}
