package infomax.store;

import infomax.store.S3Settings.Keys;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/** Builds clients of S3-compatible services. */
final class S3Clients {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Between two bytes: a service that stops answering is given up, one that is slow is not. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(20);

  private S3Clients() {}

  static S3Client client(S3Settings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .credentialsProvider(credentials(settings))
            .forcePathStyle(settings.pathStyle())
            // Services other than AWS refuse trailing checksums and chunked signatures; objects
            // are verified by their SHA-256 in any case.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(SILENCE_MAX));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    if (settings.region() != null) {
      builder.region(Region.of(settings.region()));
    } else if (settings.endpoint() != null) {
      builder.region(Region.US_EAST_1);
    }
    try {
      return builder.build();
    } catch (SdkException e) {
      throw new ObjectStoreException(
          "no client of s3://"
              + settings.bucket()
              + " can be made; set objects.s3.region or AWS_REGION: "
              + e.getMessage(),
          e);
    }
  }

  private static AwsCredentialsProvider credentials(S3Settings settings) {
    Keys keys = settings.keys();
    return keys == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
  }
}
