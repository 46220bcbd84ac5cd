package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server that cannot start says why, and ends. */
class ConfigurationIT {
  @Test
  void allErrorsAreInOneMessageAndTheProcessEndsWithCode1() throws Exception {
    try (TestServer server =
        new TestServer(
            "misconfigured",
            Map.of(
                "landfall.exit-on-configuration-error", "true",
                "landfall.store", "mangodb",
                "landfall.sync.max-drift", "never",
                "landfall.auth.jwt.secret", "too short"))) {
      server.launch();

      assertThat(server.process().waitFor(400, TimeUnit.SECONDS)).isTrue();
      assertThat(server.process().exitValue()).isEqualTo(1);
      assertThat(server.console())
          .contains("Landfall does not start: 3 settings are wrong.")
          .contains("landfall.store: 'mangodb' was given; allowed is one of memory, mongo, sqlite")
          .contains("landfall.sync.max-drift: 'never' was given; allowed is a duration")
          .contains("landfall.auth.jwt.secret: a text of 9 bytes was given")
          .doesNotContain("too short")
          .doesNotContain("CWWKE0084I") // where the end was asked for
          .doesNotContain("Exception");
    }
  }
}
