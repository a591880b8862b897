package infomax.standalone.demo.image;

/** The outline of a generated object, as a test on coordinates in units of its radius. */
enum Shape {
  DISC {
    @Override
    boolean contains(double x, double y) {
      return x * x + y * y <= 1;
    }
  },
  SQUARE {
    @Override
    boolean contains(double x, double y) {
      return Math.max(Math.abs(x), Math.abs(y)) <= 0.86;
    }
  },
  TRIANGLE {
    @Override
    boolean contains(double x, double y) {
      return y <= 0.62 && y >= 1.9 * Math.abs(x) - 1.1;
    }
  },
  STAR {
    @Override
    boolean contains(double x, double y) {
      double radius = Math.sqrt(x * x + y * y);
      double cos = radius == 0 ? 1 : x / radius;
      double cosOfFiveTimes = ((16 * cos * cos - 20) * cos * cos + 5) * cos;
      return radius <= 0.68 + 0.38 * cosOfFiveTimes;
    }
  },
  /** Comes with drift. */
  RING {
    @Override
    boolean contains(double x, double y) {
      double square = x * x + y * y;
      return square <= 1 && square >= 0.3;
    }
  },
  /** Comes with drift. */
  CROSS {
    @Override
    boolean contains(double x, double y) {
      return Math.min(Math.abs(x), Math.abs(y)) <= 0.3 && Math.max(Math.abs(x), Math.abs(y)) <= 1;
    }
  };

  /** True if the point lies inside; the object's radius is 1. */
  abstract boolean contains(double x, double y);
}
