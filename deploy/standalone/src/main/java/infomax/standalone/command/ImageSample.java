package infomax.standalone.command;

import infomax.imaging.EncoderPixels;
import infomax.imaging.ImageIntake;
import infomax.imaging.ImageIntake.Outcome.Accepted;
import infomax.imaging.UndecodableImageException;
import infomax.standalone.UserError;
import infomax.standalone.demo.image.ImageFiles;
import infomax.standalone.demo.image.ImageSource;
import infomax.standalone.demo.image.SourceImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Images drawn from a folder or archive in one pass, each as likely as any other (reservoir
 * sampling, Vitter 1985, algorithm R): files lie class by class, so the first ones would be a few
 * classes. The same files give the same images.
 *
 * @param bySide for each side s, the images' pixels, 3 x s x s bytes each, in the same order
 */
record ImageSample(Map<Integer, List<byte[]>> bySide) {

  private static final long SEED = 1;

  /**
   * Draws images through the same intake as uploads.
   *
   * @param path folder, .tar, .tar.gz or CIFAR-10 .bin file
   * @param sides of the pixels wanted
   * @param max draws no more than this many
   * @throws UserError if there are none, or one cannot be read
   */
  static ImageSample read(Path path, SortedSet<Integer> sides, int max) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    ImageIntake intake = ImageIntake.create(Runtime.getRuntime().availableProcessors());
    List<SourceImage> drawn = new ArrayList<>();
    Map<Integer, List<byte[]>> bySide = new TreeMap<>();
    try (ImageSource source = ImageFiles.open(path)) {
      int seen = 0;
      for (Optional<SourceImage> next = source.next(); next.isPresent(); next = source.next()) {
        seen++;
        if (drawn.size() < max) {
          drawn.add(next.get());
        } else {
          int place = random.nextInt(seen);
          if (place < max) {
            drawn.set(place, next.get());
          }
        }
      }
      for (SourceImage image : drawn) {
        if (!(intake.canonicalize(image.bytes()) instanceof Accepted accepted)) {
          throw new UserError(image.id() + " of " + path + " is no image that can be read");
        }
        for (int side : sides) {
          bySide
              .computeIfAbsent(side, _ -> new ArrayList<>())
              .add(EncoderPixels.of(accepted.image(), side).bytes());
        }
      }
    } catch (UndecodableImageException | IOException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
    if (bySide.isEmpty()) {
      throw new UserError(path + " holds no images");
    }
    return new ImageSample(bySide);
  }

  /** Images drawn. */
  int count() {
    return bySide.values().iterator().next().size();
  }

  /** The images at one of the sides asked for. */
  List<byte[]> pixels(int side) {
    List<byte[]> pixels = bySide.get(side);
    if (pixels == null) {
      throw new IllegalArgumentException("side " + side + ", expected one of " + bySide.keySet());
    }
    return pixels;
  }
}
