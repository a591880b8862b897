package infomax.runtime.kafka;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * What every Kafka client gets beyond what the system itself sets: how to reach a cluster that asks
 * who is there. {@code kafka.security.*} are short forms of what is usual; {@code kafka.client.*}
 * are Kafka's own properties, as far as every client knows them; {@code kafka.client-file.*} the
 * same, read from a file. The values of secrets appear in no message.
 */
final class ClientSettings {

  private static final String SECURITY = "kafka.security.";
  private static final String CLIENT = "kafka.client.";
  private static final String CLIENT_FILE = "kafka.client-file.";

  /** What {@link KafkaClients} sets, and what would run foreign code or report to strangers. */
  private static final Set<String> RESERVED =
      Set.of(
          AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
          AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG,
          AdminClientConfig.CLIENT_ID_CONFIG,
          AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG,
          AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
          "auto.include.jmx.reporter",
          "config.providers");

  private ClientSettings() {}

  /** The security protocols, as Kafka names them. */
  enum Protocol {
    PLAINTEXT,
    SSL,
    SASL_PLAINTEXT,
    SASL_SSL
  }

  /** The mechanisms that a user name and a password serve. */
  enum Mechanism {
    PLAIN("PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule"),
    SCRAM_SHA_256("SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule"),
    SCRAM_SHA_512("SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule");

    private final String kafkaName;
    private final String module;

    Mechanism(String kafkaName, String module) {
      this.kafkaName = kafkaName;
      this.module = module;
    }
  }

  /**
   * Kafka properties for every client.
   *
   * @throws ConfigurationException if something cannot be read, does not go together, or is not to
   *     be set
   */
  static Map<String, Object> from(Settings settings) {
    Map<String, Object> properties = new HashMap<>();
    addSecurity(settings, properties);
    settings
        .under(CLIENT_FILE)
        .forEach((key, file) -> put(properties, CLIENT_FILE, key, read(CLIENT_FILE + key, file)));
    settings.under(CLIENT).forEach((key, value) -> put(properties, CLIENT, key, value));
    return Map.copyOf(properties);
  }

  private static void addSecurity(Settings settings, Map<String, Object> properties) {
    Optional<String> username = settings.find(SECURITY + "username");
    Optional<String> password = secret(settings, "password");
    Optional<String> certificates = file(settings, "truststore-file");
    Optional<String> certificate = file(settings, "certificate-file");
    Optional<String> key = file(settings, "key-file");
    Optional<String> keyPassword = secret(settings, "key-password");
    boolean sasl = username.isPresent();
    boolean tls = certificates.isPresent() || certificate.isPresent();
    Protocol byPresence = sasl ? (tls ? Protocol.SASL_SSL : Protocol.SASL_PLAINTEXT) : Protocol.SSL;
    Protocol protocol = choice(settings, "protocol", sasl || tls ? byPresence : Protocol.PLAINTEXT);
    if (protocol != Protocol.PLAINTEXT) {
      properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol.name());
    }
    Mechanism mechanism = choice(settings, "mechanism", Mechanism.SCRAM_SHA_512);
    requireTogether(username.isPresent(), password.isPresent(), "username", "password");
    requireTogether(certificate.isPresent(), key.isPresent(), "certificate-file", "key-file");
    if (username.isPresent() && password.isPresent()) {
      properties.put(SaslConfigs.SASL_MECHANISM, mechanism.kafkaName);
      properties.put(
          SaslConfigs.SASL_JAAS_CONFIG,
          "%s required username=%s password=%s;"
              .formatted(mechanism.module, quoted(username.get()), quoted(password.get())));
    }
    certificates.ifPresent(
        pem -> {
          properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
          properties.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
        });
    if (certificate.isPresent() && key.isPresent()) {
      properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
      properties.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, certificate.get());
      properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, key.get());
      keyPassword.ifPresent(secret -> properties.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, secret));
    }
  }

  private static void put(Map<String, Object> properties, String prefix, String key, String value) {
    if (RESERVED.contains(key) || !AdminClientConfig.configNames().contains(key)) {
      throw new ConfigurationException(
          "setting "
              + prefix
              + key
              + " is not to be set: expected a property of Kafka that all clients share, such as"
              + " security.protocol, sasl.jaas.config, ssl.truststore.location or"
              + " reconnect.backoff.max.ms");
    }
    properties.put(key, value);
  }

  private static void requireTogether(boolean one, boolean other, String first, String second) {
    if (one != other) {
      throw new ConfigurationException(
          "setting "
              + SECURITY
              + (one ? first : second)
              + " needs "
              + SECURITY
              + (one ? second : first)
              + (first.equals("username") ? " or " + SECURITY + "password-file" : ""));
    }
  }

  /** A secret under a name, or in the file that the name with {@code -file} names. */
  private static Optional<String> secret(Settings settings, String name) {
    Optional<String> plain = settings.find(SECURITY + name);
    Optional<String> fromFile = file(settings, name + "-file").map(String::strip);
    if (plain.isPresent() && fromFile.isPresent()) {
      throw new ConfigurationException(
          "settings " + SECURITY + name + " and " + SECURITY + name + "-file are both set");
    }
    return plain.or(() -> fromFile);
  }

  private static Optional<String> file(Settings settings, String name) {
    return settings.find(SECURITY + name).map(file -> read(SECURITY + name, file));
  }

  private static String read(String key, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new ConfigurationException(
          "setting " + key + " is '" + file + "', which cannot be read: " + e);
    }
  }

  private static <E extends Enum<E>> E choice(Settings settings, String name, E defaultValue) {
    // Written as Kafka writes them: SASL_SSL and SCRAM-SHA-512, in any case.
    Optional<String> text = settings.find(SECURITY + name);
    if (text.isEmpty()) {
      return defaultValue;
    }
    for (E constant : defaultValue.getDeclaringClass().getEnumConstants()) {
      if (constant.name().equals(text.get().strip().toUpperCase(Locale.ROOT).replace('-', '_'))) {
        return constant;
      }
    }
    throw new ConfigurationException(
        "setting "
            + SECURITY
            + name
            + " is '"
            + text.get()
            + "', expected one of "
            + java.util.List.of(defaultValue.getDeclaringClass().getEnumConstants()));
  }

  /** JAAS reads a quoted string with backslash escapes. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
