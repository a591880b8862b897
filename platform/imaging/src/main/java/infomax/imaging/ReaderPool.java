package infomax.imaging;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The decoders, by name and never by whatever happens to be registered. Idle ones are kept, since
 * making one costs more than decoding a small image. Thread-safe; a borrowed reader belongs to one
 * thread.
 */
final class ReaderPool {

  private static final ReaderPool PLAIN_JPEG =
      new ReaderPool("com.sun.imageio.plugins.jpeg.JPEGImageReaderSpi");
  private static final ReaderPool CONVERTING_JPEG =
      new ReaderPool(JPEGImageReaderSpi.class.getName());
  private static final ReaderPool PNG =
      new ReaderPool("com.sun.imageio.plugins.png.PNGImageReaderSpi");
  private static final ReaderPool GIF =
      new ReaderPool("com.sun.imageio.plugins.gif.GIFImageReaderSpi");
  private static final ReaderPool BMP =
      new ReaderPool("com.sun.imageio.plugins.bmp.BMPImageReaderSpi");
  private static final ReaderPool WEBP = new ReaderPool(WebPImageReaderSpi.class.getName());

  private static final int IDLE_MAX = 8;

  private final String provider;
  private final Queue<ImageReader> idle = new ArrayBlockingQueue<>(IDLE_MAX);

  private ReaderPool(String provider) {
    this.provider = provider;
  }

  /** The decoder for an image. */
  static ReaderPool of(SourceHeader header) {
    return switch (header.format()) {
      case JPEG -> header.route() == DecodeRoute.CONVERTING ? CONVERTING_JPEG : PLAIN_JPEG;
      case PNG -> PNG;
      case WEBP -> WEBP;
      case GIF -> GIF;
      case BMP -> BMP;
    };
  }

  /** Takes a reader, which the caller gives back or disposes of. */
  ImageReader borrow() {
    ImageReader reader = idle.poll();
    if (reader != null) {
      return reader;
    }
    try {
      return Providers.find(provider).createReaderInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a decoder of " + provider, e);
    }
  }

  /** Gives a reader back that has finished without trouble. */
  void giveBack(ImageReader reader) {
    reader.reset();
    if (!idle.offer(reader)) {
      reader.dispose();
    }
  }

  /** Looked up on first use, after the plug-ins have been found. */
  private static final class Providers {

    static {
      ImageIO.setUseCache(false);
      ImageIO.scanForPlugins();
    }

    static ImageReaderSpi find(String className) {
      Iterator<ImageReaderSpi> providers =
          IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
      while (providers.hasNext()) {
        ImageReaderSpi provider = providers.next();
        if (provider.getClass().getName().equals(className)) {
          return provider;
        }
      }
      throw new IllegalStateException(
          "no image decoder " + className + ", expected it in java.desktop or on the class path");
    }
  }
}
