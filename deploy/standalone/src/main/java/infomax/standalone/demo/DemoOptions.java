package infomax.standalone.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the user asked of the demo.
 *
 * @param images folder, archive or CIFAR-10 file to stream; empty for generated images
 * @param drift true to bring new classes after the first training
 * @param ratePerSecond images per second after the first ones
 * @param seed of images, training and everything random
 * @param inputSize side of the encoders' input in pixels
 * @param first images sent at once, after which encoder 1 is trained; as many again come between
 *     encoder 1 going live and encoder 2
 * @param limit images to stream in all
 * @param exitAfterRoll true to end some time after the second encoder went live
 * @param summary file to write the summary to; empty for none
 * @param browser true to open the page where there is a display
 * @param startMillis when the command began, epoch milliseconds
 */
public record DemoOptions(
    Optional<Path> images,
    boolean drift,
    double ratePerSecond,
    long seed,
    int inputSize,
    long first,
    long limit,
    boolean exitAfterRoll,
    Optional<Path> summary,
    boolean browser,
    long startMillis) {

  /** Images after which encoder 1 is trained, and between encoder 1 going live and encoder 2. */
  long trainAfter() {
    return Math.min(first, Math.max(1, limit / 2));
  }
}
