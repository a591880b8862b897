package infomax.standalone.command;

import infomax.events.ImageId;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images of a folder or archive as encoders see them, in the order of their names.
 *
 * @param entries the images
 */
record PixelSet(List<Entry> entries) {

  /**
   * One image.
   *
   * @param id its name
   * @param pixels 3 x s x s
   * @param label the folder it lies in; null for none
   */
  record Entry(ImageId id, EncoderPixels pixels, @Nullable String label) {}

  /**
   * Reads all images through the same intake as uploads.
   *
   * @param path folder, .tar, .tar.gz or CIFAR-10 .bin file
   * @param input side of the pixels wanted
   * @throws UserError if there are none, or one cannot be read
   */
  static PixelSet read(Path path, int input) throws IOException {
    ImageIntake intake = ImageIntake.create(Runtime.getRuntime().availableProcessors());
    List<Entry> entries = new ArrayList<>();
    try (ImageSource source = ImageFiles.open(path)) {
      Optional<SourceImage> next = source.next();
      while (next.isPresent()) {
        SourceImage image = next.get();
        if (!(intake.canonicalize(image.bytes()) instanceof Accepted accepted)) {
          throw new UserError(image.id() + " of " + path + " is no image that can be read");
        }
        entries.add(
            new Entry(image.id(), EncoderPixels.of(accepted.image(), input), image.label()));
        next = source.next();
      }
    } catch (UndecodableImageException | IOException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
    if (entries.isEmpty()) {
      throw new UserError(path + " holds no images");
    }
    entries.sort(Comparator.comparing(entry -> entry.id().value()));
    return new PixelSet(List.copyOf(entries));
  }

  /** The pixels, 3 x s x s bytes each. */
  List<byte[]> pixels() {
    return entries.stream().map(entry -> entry.pixels().bytes()).toList();
  }
}
