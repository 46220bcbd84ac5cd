package dev.landfall.webapp.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:9080",
    "localhost, http://localhost:9080",
    "0.0.0.0, http://127.0.0.1:9080",
    "*, http://127.0.0.1:9080",
    "::, http://127.0.0.1:9080",
    "::1, http://[::1]:9080",
    "sync.example.org, http://sync.example.org:9080"
  })
  void theAddressThatIsPrintedCanBeOpened(String host, String url) {
    assertThat(new ListenAddress(host, 9080).url()).isEqualTo(url);
  }

  @Test
  void aPortOnWhichSomebodyListensIsRefusedByItsKey() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ListenAddress taken = new ListenAddress("127.0.0.1", other.getLocalPort());

      assertThatThrownBy(taken::requireFree)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("landfall.http.port: " + other.getLocalPort() + " was given");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no.such.host.invalid", "192.0.2.1", "not a host"})
  void aHostThatIsNotThisMachineIsRefusedByItsKey(String host) {
    assertThatThrownBy(() -> new ListenAddress(host, 9080).requireFree())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("landfall.http.host: '" + host + "' was given");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0", "*"})
  void thisMachineIsAllowed(String host) {
    new ListenAddress(host, 0).requireFree();
  }
}
