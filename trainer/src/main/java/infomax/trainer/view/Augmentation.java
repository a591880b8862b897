package infomax.trainer.view;

/**
 * How far a random view may be from its image. Each view crops, mirrors half the time, and changes
 * brightness, contrast and saturation, in this order; some views lose their colour.
 *
 * @param areaMin smallest crop's share of the image's area, above 0, at most 1; the largest is 1
 * @param aspectMax the crop's width is at most so many times its height, and the other way round; 1
 *     or more
 * @param brightness a factor from 1 - this to 1 + this; 0 to below 1
 * @param contrast the same, of the distance from the view's mean grey
 * @param saturation the same, of the distance from each pixel's grey
 * @param greyShare share of views without colour, 0 to 1
 */
public record Augmentation(
    double areaMin,
    double aspectMax,
    double brightness,
    double contrast,
    double saturation,
    double greyShare) {

  /** Crops of a quarter of the area and more, colours changed by up to 40 %, a fifth grey. */
  public static final Augmentation STRONG = new Augmentation(0.25, 4 / 3.0, 0.4, 0.4, 0.4, 0.2);

  /** Crops of half of the area and more, brightness and contrast changed by up to a quarter. */
  public static final Augmentation WEAK = new Augmentation(0.5, 1, 0.25, 0.25, 0, 0);

  /** Validates the numbers. */
  public Augmentation {
    if (!(areaMin > 0 && areaMin <= 1)) {
      throw new IllegalArgumentException("area " + areaMin + ", expected above 0, at most 1");
    }
    if (!(aspectMax >= 1 && aspectMax <= 10)) {
      throw new IllegalArgumentException("aspect " + aspectMax + ", expected 1 to 10");
    }
    requireChange("brightness", brightness);
    requireChange("contrast", contrast);
    requireChange("saturation", saturation);
    if (!(greyShare >= 0 && greyShare <= 1)) {
      throw new IllegalArgumentException("share of grey " + greyShare + ", expected 0 to 1");
    }
  }

  private static void requireChange(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " " + value + ", expected 0 to below 1");
    }
  }
}
