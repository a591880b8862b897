package infomax.events.image;

import java.util.Optional;
import java.util.stream.Stream;

/** The two formats a canonical image has. */
public enum ImageFormat {
  /** Baseline JPEG. */
  JPEG("image/jpeg"),
  /** 8-bit PNG. */
  PNG("image/png");

  private final String mediaType;

  ImageFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The media type, as in the {@code content-type} header. */
  public String mediaType() {
    return mediaType;
  }

  /** The format of a media type. */
  public static Optional<ImageFormat> ofMediaType(String mediaType) {
    return Stream.of(values()).filter(format -> format.mediaType.equals(mediaType)).findFirst();
  }
}
