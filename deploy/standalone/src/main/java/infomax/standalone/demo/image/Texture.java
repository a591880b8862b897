package infomax.standalone.demo.image;

/** The pattern an object is filled with: 0 or 1 by coordinates in pixels. */
enum Texture {
  STRIPES {
    @Override
    boolean inked(double x, double y, double period) {
      return fraction(x / period) < 0.5;
    }
  },
  CHECKS {
    @Override
    boolean inked(double x, double y, double period) {
      return fraction(x / period) < 0.5 ^ fraction(y / period) < 0.5;
    }
  },
  DOTS {
    @Override
    boolean inked(double x, double y, double period) {
      return length(fraction(x / period) - 0.5, fraction(y / period) - 0.5) < 0.33;
    }
  },
  RINGS {
    @Override
    boolean inked(double x, double y, double period) {
      return fraction(length(x, y) / period) < 0.5;
    }
  },
  /** Comes with drift. */
  ZIGZAG {
    @Override
    boolean inked(double x, double y, double period) {
      return fraction(x / period + Math.abs(fraction(y / (2 * period)) - 0.5) * 2) < 0.5;
    }
  };

  /** True if the pattern has ink at this point. */
  abstract boolean inked(double x, double y, double period);

  /** {@link Math#hypot} without its care for overflow, which takes ten times as long. */
  private static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }

  private static double fraction(double value) {
    return value - Math.floor(value);
  }
}
