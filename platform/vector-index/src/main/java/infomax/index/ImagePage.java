package infomax.index;

import java.util.List;

/**
 * A part of the images in the order of their ids.
 *
 * @param images the images
 * @param matches images that match in all, not only from here on
 * @param more true if there are images after these
 */
public record ImagePage(List<IndexedImage> images, long matches, boolean more) {

  /** Copies the list. */
  public ImagePage {
    images = List.copyOf(images);
  }
}
