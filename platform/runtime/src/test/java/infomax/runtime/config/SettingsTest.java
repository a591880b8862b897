package infomax.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  @Test
  void readsTypedValuesAndDefaults() {
    Settings settings = Settings.of(Map.of("a.interval", "500ms", "a.count", "3", "a.on", "true"));
    assertThat(settings.duration("a.interval", Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.integer("a.count", 1, 0, 10)).isEqualTo(3);
    assertThat(settings.flag("a.on", false)).isTrue();
    assertThat(settings.duration("a.other", Duration.ofDays(7))).isEqualTo(Duration.ofDays(7));
    settings.verifyAllUsed();
  }

  @Test
  void namesTheValueAndWhatIsExpected() {
    Settings settings = Settings.of(Map.of("a", "11", "b", "5 apples", "c", "yes"));
    assertRefused(
        () -> settings.integer("a", 1, 0, 10),
        "setting a is '11', expected a whole number from 0 to 10");
    assertRefused(
        () -> settings.duration("b", Duration.ZERO),
        "setting b is '5 apples', expected a duration such as 500ms, 10s, 5m or 7d");
    assertRefused(() -> settings.flag("c", true), "setting c is 'yes', expected true or false");
  }

  @Test
  void anUnknownKeyStopsTheStartWithASuggestion() {
    Settings settings = Settings.of(Map.of("indexer.comit-interval", "1s"));
    settings.duration("indexer.commit-interval", Duration.ZERO);
    settings.text("kafka.bootstrap-servers", "");
    assertRefused(
        settings::verifyAllUsed,
        "unknown setting indexer.comit-interval; did you mean indexer.commit-interval?");
  }

  @Test
  void theEnvironmentOverrides() {
    Settings settings =
        Settings.of(Map.of("indexer.commit-interval", "1s"))
            .withEnvironment(
                Map.of("INFOMAX_INDEXER__COMMIT_INTERVAL", "2s", "INFOMAX_ROOT", "/", "PATH", "x"));
    assertThat(settings.duration("indexer.commit-interval", Duration.ZERO))
        .isEqualTo(Duration.ofSeconds(2));
    settings.verifyAllUsed();
  }

  @Test
  void credentialsAreNotShown() {
    Settings settings =
        Settings.of(Map.of("objects.s3.secret-key", "hidden", "objects.s3.region", "seen"));
    assertThat(settings.all())
        .containsEntry("objects.s3.secret-key", "***")
        .containsEntry("objects.s3.region", "seen");
    assertThat(settings.text("objects.s3.secret-key", "")).isEqualTo("hidden");
    assertThat(
            Settings.of(
                    Map.of(
                        "kafka.security.password", "hidden",
                        "kafka.security.password-file", "/run/secrets/kafka",
                        "kafka.client.sasl.jaas.config", "hidden",
                        "kafka.client.ssl.keystore.key", "hidden"))
                .all())
        .containsEntry("kafka.security.password-file", "/run/secrets/kafka")
        .containsEntry("kafka.security.password", "***")
        .containsEntry("kafka.client.sasl.jaas.config", "***")
        .containsEntry("kafka.client.ssl.keystore.key", "***");
  }

  @Test
  void aSecretMayLieInAFileWhosePlaceIsNone(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "hidden\n");
    Settings inFile = Settings.of(Map.of("objects.s3.secret-key-file", file.toString()));
    assertThat(inFile.secret("objects.s3.secret-key")).contains("hidden");
    assertThat(inFile.all()).containsEntry("objects.s3.secret-key-file", file.toString());
    inFile.verifyAllUsed();
    assertThat(Settings.of(Map.of("s", "x")).secret("s")).contains("x");
    assertThat(Settings.of(Map.of()).secret("s")).isEmpty();
    assertRefused(
        () -> Settings.of(Map.of("s", "x", "s-file", file.toString())).secret("s"),
        "settings s and s-file are both set, expected one of them");
    Path absent = folder.resolve("absent");
    assertRefused(
        () -> Settings.of(Map.of("s-file", absent.toString())).secret("s"),
        "setting s-file is '" + absent + "', which cannot be read");
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ConfigurationException.class).hasMessage(message);
  }
}
