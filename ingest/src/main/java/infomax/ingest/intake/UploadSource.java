package infomax.ingest.intake;

import java.util.Locale;

/** The two ways in. */
public enum UploadSource {
  /** {@code POST}, {@code PUT} and {@code DELETE}. */
  HTTP,
  /** The topic {@code images.uploads}. */
  KAFKA;

  /** The name in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
