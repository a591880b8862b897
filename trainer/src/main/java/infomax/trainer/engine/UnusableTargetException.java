package infomax.trainer.engine;

import org.jspecify.annotations.Nullable;

/**
 * What was asked for cannot compute in this process: its native libraries are not part of this
 * build, or there is no GPU that fits. The message says what to do.
 */
public final class UnusableTargetException extends RuntimeException {

  UnusableTargetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
