package infomax.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every client gets, from short forms, from Kafka's own properties, and from files. */
final class ClientSettingsTest {

  @TempDir Path folder;

  @Test
  void nothingIsSetForAClusterThatAsksNobody() {
    assertThat(of()).isEmpty();
  }

  @Test
  void aUserIsKafkasOwnLine() {
    assertThat(of("kafka.security.username", "me", "kafka.security.password", "a\"b\\c"))
        .containsOnly(
            Map.entry("security.protocol", "SASL_PLAINTEXT"),
            Map.entry("sasl.mechanism", "SCRAM-SHA-512"),
            Map.entry(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required"
                    + " username=\"me\" password=\"a\\\"b\\\\c\";"));
    assertThat(
            of(
                "kafka.security.username", "me",
                "kafka.security.password", "x",
                "kafka.security.mechanism", "plain",
                "kafka.security.protocol", "sasl_ssl"))
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN");
  }

  @Test
  void certificatesAndSecretsComeFromFiles() throws Exception {
    String password = file("password", "secret\n");
    String authority = file("authority.pem", "AUTHORITY");
    String certificate = file("certificate.pem", "CERTIFICATE");
    String key = file("key.pem", "KEY");
    assertThat(
            of(
                "kafka.security.username", "me",
                "kafka.security.password-file", password,
                "kafka.security.truststore-file", authority,
                "kafka.security.certificate-file", certificate,
                "kafka.security.key-file", key,
                "kafka.security.key-password-file", password))
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("ssl.truststore.type", "PEM")
        .containsEntry("ssl.truststore.certificates", "AUTHORITY")
        .containsEntry("ssl.keystore.certificate.chain", "CERTIFICATE")
        .containsEntry("ssl.keystore.key", "KEY")
        .containsEntry("ssl.key.password", "secret");
    assertThat(of("kafka.security.truststore-file", authority))
        .containsEntry("security.protocol", "SSL");
    assertThat(of("kafka.client-file.sasl.jaas.config", password))
        .containsEntry("sasl.jaas.config", "secret\n");
  }

  @Test
  void propertiesOfKafkaPassThroughUnlessTheSystemReliesOnThem() {
    assertThat(of("kafka.client.reconnect.backoff.ms", "70"))
        .containsEntry("reconnect.backoff.ms", "70");
    for (String reserved :
        new String[] {
          "acks",
          "isolation.level",
          "enable.auto.commit",
          "bootstrap.servers",
          "client.id",
          "metric.reporters",
          "interceptor.classes",
          "config.providers",
          "no.such.property"
        }) {
      assertRefused(
          "kafka.client." + reserved + " is not to be set", "kafka.client." + reserved, "x");
    }
  }

  @Test
  void whatDoesNotGoTogetherIsNamedAndNoSecretIs() throws Exception {
    String there = file("there", "text");
    assertRefused("needs kafka.security.password or", "kafka.security.username", "me");
    assertRefused("needs kafka.security.username", "kafka.security.password", "s3cret");
    assertRefused("needs kafka.security.key-file", "kafka.security.certificate-file", there);
    assertRefused("cannot be read", "kafka.security.truststore-file", absent());
    assertRefused("expected one of [PLAINTEXT, SSL,", "kafka.security.protocol", "tls");
    assertRefused(
        "are both set",
        "kafka.security.username",
        "me",
        "kafka.security.password",
        "s3cret",
        "kafka.security.password-file",
        there);
  }

  @Test
  void everyClientGetsThem() {
    KafkaClients clients =
        KafkaClients.from(
            settings("kafka.security.username", "me", "kafka.security.password", "x"));
    assertThat(clients.producerSettings("p")).containsKey("sasl.jaas.config");
    assertThat(clients.adminSettings("a")).containsKey("sasl.jaas.config");
    assertThat(clients.sharedSettings()).containsKey("sasl.jaas.config");
  }

  private String absent() {
    return folder.resolve("absent").toString();
  }

  private void assertRefused(String why, String... settings) {
    assertThatThrownBy(() -> of(settings))
        .as(String.join(" ", settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("s3cret");
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static Map<String, Object> of(String... keysAndValues) {
    return ClientSettings.from(settings(keysAndValues));
  }

  private static Settings settings(String... keysAndValues) {
    Map<String, String> values = new HashMap<>();
    for (int ordinal = 0; ordinal < keysAndValues.length; ordinal += 2) {
      values.put(keysAndValues[ordinal], keysAndValues[ordinal + 1]);
    }
    return Settings.of(values);
  }
}
