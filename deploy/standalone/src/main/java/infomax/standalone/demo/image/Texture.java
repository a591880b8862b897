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
      return Math.hypot(fraction(x / period) - 0.5, fraction(y / period) - 0.5) < 0.33;
    }
  },
  RINGS {
    @Override
    boolean inked(double x, double y, double period) {
      return fraction(Math.hypot(x, y) / period) < 0.5;
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

  private static double fraction(double value) {
    return value - Math.floor(value);
  }
}
