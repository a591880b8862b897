package infomax.standalone;

import infomax.broker.BrokerSettings;
import infomax.broker.EmbeddedBroker;
import infomax.runtime.config.Settings;
import infomax.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;

/**
 * A real broker that lets nobody in without a password, over TLS with certificates on both sides,
 * and lets nobody do what no rule allows: SASL_SSL with PLAIN for the administrator and
 * SCRAM-SHA-512 for everybody else, StandardAuthorizer.
 */
final class SecuredBroker implements AutoCloseable {

  private static final String ADMIN = "admin";
  private static final String ADMIN_PASSWORD = "it's \"the\" \\admin";

  private final Path folder;
  private final EmbeddedBroker broker;

  private SecuredBroker(Path folder, EmbeddedBroker broker) {
    this.folder = folder;
    this.broker = broker;
  }

  static SecuredBroker start(Path folder) throws Exception {
    makeCertificate(folder, "broker", "-ext", "san=ip:127.0.0.1");
    makeCertificate(folder, "client");
    String quoted = '"' + ADMIN_PASSWORD.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    Map<String, String> overrides = new HashMap<>();
    overrides.put("listener.security.protocol.map", "CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT");
    overrides.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
    overrides.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    overrides.put(
        "listener.name.client.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
            + (" password=" + quoted + " user_admin=" + quoted + ";"));
    overrides.put(
        "listener.name.client.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    overrides.put("listener.name.client.ssl.client.auth", "required");
    overrides.put("ssl.keystore.type", "PEM");
    overrides.put("ssl.keystore.location", folder.resolve("broker.pem").toString());
    overrides.put("ssl.truststore.type", "PEM");
    overrides.put("ssl.truststore.location", folder.resolve("trusted.pem").toString());
    overrides.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    // The controller's listener on the loopback interface asks nobody who is there.
    overrides.put("super.users", "User:admin;User:ANONYMOUS");
    Files.writeString(
        folder.resolve("trusted.pem"),
        Files.readString(folder.resolve("broker.crt"))
            + Files.readString(folder.resolve("client.crt")));
    return new SecuredBroker(
        folder,
        EmbeddedBroker.start(
            new BrokerSettings(folder.resolve("data"), 0, 384, overrides),
            servers -> clients(folder, servers, ADMIN, ADMIN_PASSWORD, "PLAIN")));
  }

  /** Clients of the one who may do everything. */
  KafkaClients administrator() {
    return clients(folder, broker.bootstrapServers(), ADMIN, ADMIN_PASSWORD, "PLAIN");
  }

  /** Clients of a user, whose password is its name's reverse. */
  KafkaClients user(String name) {
    return user(name, password(name));
  }

  /** Clients that show a password. */
  KafkaClients user(String name, String password) {
    return clients(folder, broker.bootstrapServers(), name, password, "scram-sha-512");
  }

  /** The settings that {@link #user(String)} uses. */
  Map<String, String> settings(String name) throws IOException {
    return settings(folder, broker.bootstrapServers(), name, password(name), "SCRAM-SHA-512");
  }

  /** Lets users in. */
  void add(List<String> users) throws InterruptedException, ExecutionException {
    try (Admin admin = administrator().admin("test-users")) {
      ScramCredentialInfo scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
      admin
          .alterUserScramCredentials(
              users.stream()
                  .map(
                      user ->
                          (org.apache.kafka.clients.admin.UserScramCredentialAlteration)
                              new UserScramCredentialUpsertion(user, scram, password(user)))
                  .toList())
          .all()
          .get();
    }
  }

  /** Allows what the bindings say. */
  void allow(List<AclBinding> bindings) throws InterruptedException, ExecutionException {
    try (Admin admin = administrator().admin("test-rules")) {
      admin.createAcls(bindings).all().get();
    }
  }

  /** Takes back what a binding allows. */
  void disallow(AclBinding binding) throws InterruptedException, ExecutionException {
    try (Admin admin = administrator().admin("test-rules")) {
      admin.deleteAcls(List.of(binding.toFilter())).all().get();
    }
  }

  @Override
  public void close() {
    broker.close();
  }

  private static String password(String user) {
    return new StringBuilder(user).reverse().toString();
  }

  private static KafkaClients clients(
      Path folder, String servers, String name, String password, String mechanism) {
    try {
      Settings settings = Settings.of(settings(folder, servers, name, password, mechanism));
      KafkaClients clients = KafkaClients.from(settings);
      settings.verifyAllUsed();
      return clients;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Map<String, String> settings(
      Path folder, String servers, String name, String password, String mechanism)
      throws IOException {
    Path file = Files.createTempFile(folder, "password", ".txt");
    Files.writeString(file, password + "\n");
    return Map.of(
        "kafka.bootstrap-servers", servers,
        "kafka.security.username", name,
        "kafka.security.password-file", file.toString(),
        "kafka.security.mechanism", mechanism,
        "kafka.security.truststore-file", folder.resolve("broker.crt").toString(),
        "kafka.security.certificate-file", folder.resolve("client.crt").toString(),
        "kafka.security.key-file", folder.resolve("client.key").toString());
  }

  /**
   * A key with a certificate it signed itself, as PEM: NAME.crt, NAME.key, and both in NAME.pem.
   */
  private static void makeCertificate(Path folder, String name, String... further)
      throws Exception {
    Path store = folder.resolve(name + ".p12");
    char[] password = "changeit".toCharArray();
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(password),
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                "CN=" + name));
    command.addAll(List.of(further));
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".keytool.log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve(name + ".keytool.log")));
    }
    KeyStore keys = KeyStore.getInstance(store.toFile(), password);
    String certificate = pem("CERTIFICATE", keys.getCertificate(name).getEncoded());
    String key = pem("PRIVATE KEY", keys.getKey(name, password).getEncoded());
    Files.writeString(folder.resolve(name + ".crt"), certificate);
    Files.writeString(folder.resolve(name + ".key"), key);
    Files.writeString(folder.resolve(name + ".pem"), key + certificate);
  }

  private static String pem(String label, byte[] bytes) {
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes));
  }
}
