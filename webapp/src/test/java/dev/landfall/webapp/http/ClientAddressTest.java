package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientAddressTest {
  private final ClientAddress behind = new ClientAddress(List.of("10.0.0.0/8", "::1"));

  /** A request of which nothing is known but where it comes from and what it says of that. */
  static HttpServletRequest request(String from, Map<String, List<String>> headers) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            ClientAddressTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getRemoteAddr" -> from;
                  case "getHeaders" ->
                      Collections.enumeration(headers.getOrDefault(arguments[0], List.of()));
                  case "getHeader" ->
                      headers.getOrDefault(arguments[0], List.of()).stream()
                          .findFirst()
                          .orElse(null);
                  default -> null;
                });
  }

  private String address(String from, String header, String... values) {
    return behind.of(request(from, Map.of(header, List.of(values))));
  }

  @Test
  void behindATrustedProxyItIsWhatTheProxyHasWritten() {
    assertThat(address("10.1.2.3", "X-Forwarded-For", "192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(address("10.1.2.3", "Forwarded", "for=192.0.2.7;proto=https"))
        .isEqualTo("192.0.2.7");
    assertThat(address("::1", "Forwarded", "proto=http;For=\"[2001:db8::7]:4711\""))
        .isEqualTo("2001:db8::7");
    assertThat(address("10.1.2.3", "X-Forwarded-For", "192.0.2.7:4711")).isEqualTo("192.0.2.7");
  }

  @Test
  void whatTheClientHasWrittenItselfIsNotBelieved() {
    assertThat(address("10.1.2.3", "X-Forwarded-For", "198.51.100.1, 192.0.2.7"))
        .isEqualTo("192.0.2.7");
    assertThat(address("10.1.2.3", "X-Forwarded-For", "198.51.100.1", "192.0.2.7, 10.9.9.9"))
        .isEqualTo("192.0.2.7");
    assertThat(address("192.0.2.7", "X-Forwarded-For", "198.51.100.1")).isEqualTo("192.0.2.7");
    assertThat(address("192.0.2.7", "Forwarded", "for=198.51.100.1")).isEqualTo("192.0.2.7");
  }

  @Test
  void aNameOfNobodyIsStillOne() {
    assertThat(address("10.1.2.3", "Forwarded", "for=_hidden")).isEqualTo("_hidden");
    assertThat(address("10.1.2.3", "Forwarded", "by=10.1.2.3")).isEqualTo("unknown");
    assertThat(address("10.1.2.3", "X-Other", "x")).isEqualTo("");
  }

  @Test
  void proxiesAreAddressesOrNetworks() {
    for (String bad : List.of("proxy.example.org", "10.0.0.0/33", "10.0.0.0/x", "", "1.2.3.4/")) {
      assertThatThrownBy(() -> new ClientAddress(List.of(bad)))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
