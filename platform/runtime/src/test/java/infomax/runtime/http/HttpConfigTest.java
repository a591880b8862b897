package infomax.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.runtime.config.ConfigurationException;
import infomax.runtime.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpConfigTest {

  @Test
  void listensOnLoopbackForEverybodyUnlessToldOtherwise() {
    assertThat(from(Map.of())).isEqualTo(HttpConfig.loopback(8080));
    assertThat(from(Map.of("http.host", "localhost")).isLoopback()).isTrue();
    assertThat(from(Map.of("http.host", "::1")).isLoopback()).isTrue();
  }

  @Test
  void refusesToListenBeyondLoopbackWithoutKeys() {
    assertThatThrownBy(() -> from(Map.of("http.host", "0.0.0.0")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "http.host is '0.0.0.0', beyond this machine, and there are no API keys: set"
                + " http.keys.file (infomax keys create makes keys), or http.insecure=true to let"
                + " everybody in");
    assertThat(from(Map.of("http.host", "0.0.0.0", "http.insecure", "true")).access().keys())
        .isNull();
    assertThat(from(Map.of("http.host", "0.0.0.0", "http.keys.file", "keys")).access().keys())
        .isEqualTo(Path.of("keys"));
  }

  @Test
  void readsLimitsAndTls() {
    HttpConfig config =
        from(
            Map.of(
                "http.rate.requests-per-second", "2.5",
                "http.tls.certificates", "chain.pem",
                "http.tls.key", "key.pem",
                "http.audit.file", "audit.jsonl"));
    assertThat(config.access().rate()).isEqualTo(new HttpConfig.Rate(2.5, 5));
    assertThat(config.tls())
        .isEqualTo(new HttpConfig.Tls(Path.of("chain.pem"), Path.of("key.pem")));
    assertThat(config.access().audit()).isEqualTo(Path.of("audit.jsonl"));
    assertThatThrownBy(() -> from(Map.of("http.tls.key", "key.pem")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("belong together");
  }

  private static HttpConfig from(Map<String, String> settings) {
    Settings all = Settings.of(settings);
    HttpConfig config = HttpConfig.from(all, 8080);
    all.verifyAllUsed();
    return config;
  }
}
