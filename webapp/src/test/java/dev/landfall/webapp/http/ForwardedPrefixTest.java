package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Below which path browsers reach the server. */
class ForwardedPrefixTest {
  private static final ClientAddress BEHIND = new ClientAddress(List.of("10.0.0.0/8"));

  private static String prefix(String from, String prefix) {
    return BEHIND.prefix(
        ClientAddressTest.request(from, Map.of("X-Forwarded-Prefix", List.of(prefix))));
  }

  @Test
  void itIsWhatATrustedProxySays() {
    assertThat(prefix("10.1.2.3", "/sync/v1/")).isEqualTo("/sync/v1");
    assertThat(prefix("10.1.2.3", "/")).isEmpty();
    assertThat(BEHIND.prefix(ClientAddressTest.request("10.1.2.3", Map.of()))).isEmpty();
  }

  @Test
  void nobodyElseIsBelieved() {
    assertThat(prefix("192.0.2.7", "/sync")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"//evil.example", "https://evil.example", "/a\\b", "/a?b", "/a b", "a"})
  void whatIsNoPlainPathIsNone(String prefix) {
    assertThat(prefix("10.1.2.3", prefix)).isEmpty();
  }
}
