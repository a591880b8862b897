package infomax.runtime.config;

/** A setting that cannot be used; the message names the key, the value and what is accepted. */
public final class ConfigurationException extends RuntimeException {

  /** A setting that cannot be used. */
  public ConfigurationException(String message) {
    super(message);
  }
}
