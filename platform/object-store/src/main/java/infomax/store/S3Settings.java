package infomax.store;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an S3-compatible store is and how it is spoken to. The text form never holds a credential.
 *
 * @param bucket the bucket, which has to exist
 * @param prefix what every key begins with, without slashes at the ends; empty for the whole bucket
 * @param endpoint address of the service, setting {@code objects.s3.endpoint}; null for AWS
 * @param region region of the bucket, setting {@code objects.s3.region}; null for what the
 *     environment says ({@code AWS_REGION}, the profile), and {@code us-east-1} with an endpoint
 * @param pathStyle true for {@code endpoint/bucket/key}, false for {@code bucket.endpoint/key};
 *     setting {@code objects.s3.path-style}, true by default with an endpoint
 * @param keys credentials, settings {@code objects.s3.access-key} and {@code
 *     objects.s3.secret-key}, or files that hold them, {@code objects.s3.access-key-file} and
 *     {@code objects.s3.secret-key-file}; null for what the environment says ({@code
 *     AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, the profile, the container, the
 *     instance)
 */
public record S3Settings(
    String bucket,
    String prefix,
    @Nullable URI endpoint,
    @Nullable String region,
    boolean pathStyle,
    @Nullable Keys keys) {

  private static final Pattern URL =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/+(.*?))?/*");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  private static final String URL_KEY = "objects.url";
  private static final String ENDPOINT_KEY = "objects.s3.endpoint";
  private static final String ACCESS_KEY = "objects.s3.access-key";
  private static final String SECRET_KEY = "objects.s3.secret-key";

  /** An access key and its secret; neither is ever part of a text. */
  public record Keys(String accessKey, String secretKey) {
    @Override
    public String toString() {
      return "***";
    }
  }

  /** The settings under {@code objects.s3.} for the place that {@code url} names. */
  static S3Settings from(Settings settings, String url) {
    Matcher matcher = URL.matcher(url.strip());
    if (!matcher.matches()) {
      throw new ConfigurationException(
          "setting " + URL_KEY + " is '" + url + "', expected s3://bucket or s3://bucket/prefix");
    }
    String prefix = matcher.group(2) == null ? "" : matcher.group(2);
    if (!prefix.isEmpty() && !PREFIX.matcher(prefix).matches()) {
      throw new ConfigurationException(
          "setting "
              + URL_KEY
              + " is '"
              + url
              + "', expected a prefix of letters, digits, . _ - and slashes");
    }
    URI endpoint = settings.find(ENDPOINT_KEY).map(S3Settings::endpoint).orElse(null);
    return new S3Settings(
        matcher.group(1),
        prefix,
        endpoint,
        settings.find("objects.s3.region").orElse(null),
        settings.flag("objects.s3.path-style", endpoint != null),
        keys(settings.secret(ACCESS_KEY), settings.secret(SECRET_KEY)));
  }

  private static @Nullable Keys keys(Optional<String> accessKey, Optional<String> secretKey) {
    if (accessKey.isPresent() != secretKey.isPresent()) {
      throw new ConfigurationException(
          "settings "
              + ACCESS_KEY
              + " and "
              + SECRET_KEY
              + " belong together: set both, or neither and the credentials of the environment");
    }
    return accessKey.isPresent() ? new Keys(accessKey.get(), secretKey.orElseThrow()) : null;
  }

  private static URI endpoint(String text) {
    try {
      URI uri = new URI(text.strip());
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new ConfigurationException(
        "setting " + ENDPOINT_KEY + " is no address, expected one such as https://host:9000");
  }
}
