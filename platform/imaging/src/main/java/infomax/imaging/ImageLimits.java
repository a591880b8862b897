package infomax.imaging;

import java.time.Duration;

/** What an upload may cost. */
final class ImageLimits {

  /** Longest upload in bytes: 10 MiB. */
  static final int BYTES_MAX = 10 * 1024 * 1024;

  /** Most pixels a header may claim: 40 million. */
  static final long PIXELS_MAX = 40_000_000;

  /**
   * How many times longer than the other a side may be. Beyond it a canonical image has less than a
   * pixel for the shorter one.
   */
  static final long ASPECT_MAX = 256;

  /** Processor time one decode may take. */
  static final Duration DECODE_CPU_MAX = Duration.ofSeconds(2);

  /**
   * Elapsed time one decode may take. Much longer than the processor time, so that a busy machine
   * does not make a good image a bad one; shorter than the 10 s a transaction may stay open.
   */
  static final Duration DECODE_ELAPSED_MAX = Duration.ofSeconds(8);

  /** Longer side of a canonical image in pixels. */
  static final int CANONICAL_SIDE_MAX = 256;

  /** Longest canonical image in bytes; well below the record limit of the topic it goes to. */
  static final int CANONICAL_BYTES_MAX = 512 * 1024;

  private ImageLimits() {}
}
