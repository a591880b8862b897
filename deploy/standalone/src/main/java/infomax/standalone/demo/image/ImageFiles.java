package infomax.standalone.demo.image;

import infomax.events.ImageId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Opens what {@code --images} names: a folder, a tar, a tar.gz, or a CIFAR-10 binary file. */
public final class ImageFiles {

  private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp");
  private static final int UPLOAD_BYTES_MAX = 10 * 1024 * 1024;

  private ImageFiles() {}

  /**
   * Opens a source; the images come in the order of the folder or archive.
   *
   * @throws IOException if there is nothing to read; the message says what is accepted
   */
  public static ImageSource open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return folder(path);
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException(
          path + " does not exist; --images takes a folder, .tar, .tar.gz or a CIFAR-10 .bin file");
    }
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".tar")) {
      return new Archive(
          path, new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(path))));
    }
    if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return new Archive(
          path,
          new TarArchiveInputStream(
              new GzipCompressorInputStream(
                  new BufferedInputStream(Files.newInputStream(path), 1 << 16))));
    }
    if (name.endsWith(".bin")
        && Files.size(path) % CifarBatch.RECORD_BYTES == 0
        && Files.size(path) > 0) {
      return new CifarBatch(path, new BufferedInputStream(Files.newInputStream(path), 1 << 16));
    }
    throw new IOException(
        path + " is none of these: a folder, .tar, .tar.gz or a CIFAR-10 .bin file");
  }

  private static ImageSource folder(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files =
          walk.filter(Files::isRegularFile)
              .filter(file -> isImage(file.toString()))
              .sorted()
              .toList();
    }
    if (files.isEmpty()) {
      throw new IOException(
          root
              + " holds no images; --images takes files ending in "
              + String.join(", ", ENDINGS.stream().sorted().toList()));
    }
    return new Folder(root, files);
  }

  private static boolean isImage(String name) {
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static @Nullable String label(String entry) {
    int end = entry.lastIndexOf('/');
    return end <= 0 ? null : entry.substring(entry.lastIndexOf('/', end - 1) + 1, end);
  }

  private static final class Folder implements ImageSource {
    private final Path root;
    private final int count;
    private final Iterator<Path> files;

    private Folder(Path root, List<Path> files) {
      this.root = root;
      this.count = files.size();
      this.files = files.iterator();
    }

    @Override
    public Optional<SourceImage> next() throws IOException {
      if (!files.hasNext()) {
        return Optional.empty();
      }
      Path file = files.next();
      String entry = root.relativize(file).toString().replace('\\', '/');
      return Optional.of(
          new SourceImage(new ImageId(entry), label(entry), Files.readAllBytes(file)));
    }

    @Override
    public String description() {
      return String.format(Locale.ROOT, "%,d images of the folder %s", count, root);
    }

    @Override
    public void close() {}
  }

  private static final class Archive implements ImageSource {
    private final Path path;
    private final TarArchiveInputStream tar;
    private boolean any;

    private Archive(Path path, TarArchiveInputStream tar) {
      this.path = path;
      this.tar = tar;
    }

    @Override
    public Optional<SourceImage> next() throws IOException {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile() && isImage(entry.getName()) && entry.getSize() <= UPLOAD_BYTES_MAX) {
          any = true;
          return Optional.of(
              new SourceImage(
                  new ImageId(entry.getName()), label(entry.getName()), tar.readAllBytes()));
        }
      }
      if (!any) {
        throw new IOException(path + " holds no images");
      }
      return Optional.empty();
    }

    @Override
    public String description() {
      return "the images of " + path.getFileName();
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }

  /** The CIFAR-10 binary format: one label byte, then 3 x 32 x 32 bytes in planes R, G, B. */
  private static final class CifarBatch implements ImageSource {
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD_BYTES = 1 + 3 * PLANE;
    private static final List<String> LABELS =
        List.of(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck");

    private final Path path;
    private final InputStream input;
    private int index;

    private CifarBatch(Path path, InputStream input) {
      this.path = path;
      this.input = input;
    }

    @Override
    public Optional<SourceImage> next() throws IOException {
      byte[] record = input.readNBytes(RECORD_BYTES);
      if (record.length < RECORD_BYTES) {
        return Optional.empty();
      }
      ImageId id = new ImageId(String.format(Locale.ROOT, "%s/%05d", path.getFileName(), index++));
      int label = record[0];
      if (label < 0 || label >= LABELS.size()) {
        throw new IOException(path + " holds label " + label + ", expected 0 to 9 as in CIFAR-10");
      }
      return Optional.of(new SourceImage(id, LABELS.get(label), png(record)));
    }

    @Override
    public String description() {
      return "the images of " + path.getFileName();
    }

    @Override
    public void close() throws IOException {
      input.close();
    }

    private static byte[] png(byte[] record) throws IOException {
      java.awt.image.BufferedImage image =
          new java.awt.image.BufferedImage(SIDE, SIDE, java.awt.image.BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < PLANE; pixel++) {
        int red = record[1 + pixel] & 0xff;
        int green = record[1 + PLANE + pixel] & 0xff;
        int blue = record[1 + 2 * PLANE + pixel] & 0xff;
        image.setRGB(pixel % SIDE, pixel / SIDE, red << 16 | green << 8 | blue);
      }
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      javax.imageio.ImageIO.write(image, "png", bytes);
      return bytes.toByteArray();
    }
  }
}
