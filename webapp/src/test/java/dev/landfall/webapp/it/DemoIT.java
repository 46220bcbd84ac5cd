package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.launcher.Demo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code landfall.jar demo} puts into a server. */
class DemoIT {
  @Test
  void thereArePeopleConflictsSharesAndAnOrganisationAndNothingIsDoneTwice() throws Exception {
    Map<String, String> settings =
        Map.of(
            "landfall.store", "memory",
            "landfall.auth.dev", "true",
            "landfall.orgs.registerable", "true");
    try (TestServer server = new TestServer("demo", settings)) {
      server.start();
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      Demo demo = new Demo(server.uri(""));

      demo.run(new PrintStream(said, true, StandardCharsets.UTF_8));

      assertThat(said.toString(StandardCharsets.UTF_8)).contains("/auth/dev");
      Caller alice = Caller.named(server, "Alice");
      Caller bob = Caller.named(server, "Bob");
      String history = alice.get("/todo/history?collection=tasks&key=concert").toString();
      assertThat(history).contains("conflict");
      assertThat(alice.get("/orgs").toString()).contains("Demo Choir", "org-admin");
      assertThat(bob.get("/orgs").toString()).contains("Demo Choir");
      assertThat(bob.post("/todo/search", Caller.json("{'collection': 'tasks'}")).toString())
          .contains("Concert with orchestra");
      assertThat(alice.get("/account/devices").list("devices")).hasSizeGreaterThan(1);
      assertThatThrownBy(demo::fill).hasMessageContaining("holds something");
    }
  }
}
