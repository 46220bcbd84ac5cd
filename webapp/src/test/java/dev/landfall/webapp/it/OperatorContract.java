package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see and do. */
abstract class OperatorContract {
  private final TestServer server;
  private final String name = "Somebody " + UUID.randomUUID();
  private Caller operator;
  private Caller alice;

  OperatorContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    operator = Caller.named(server, TestServer.OPERATOR);
    alice = Caller.named(server, name);
  }

  private Answer find(String query) {
    String after = "";
    Answer page;
    do {
      page = operator.get("/operator/users?query=" + Caller.encoded(query) + after);
      after = "&after=" + page.text("after");
    } while (page.list("users").isEmpty() && !page.text("after").equals("(none)"));
    return page;
  }

  private static List<String> all(Caller operator, String path, String list, String id) {
    List<String> found = new ArrayList<>();
    String after = "";
    Answer page;
    do {
      page = operator.get(path + "?limit=50" + after);
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      page.list(list)
          .forEach(
              one -> {
                if (((JsonObject) one).get(id) instanceof JsonString text) {
                  found.add(text.value());
                }
              });
      after = "&after=" + Caller.encoded(page.text("after"));
    } while (!page.text("after").equals("(none)"));
    return found;
  }

  @Test
  void usersAreFoundByWhatTheyAreCalledAndOrganisationsListed() {
    Answer named = alice.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}"));

    assertThat(find(name.toUpperCase(java.util.Locale.ROOT)).whole())
        .contains("\"userId\":\"" + alice.userId() + "\"", "\"blocked\":false");
    assertThat(find(alice.userId()).list("users")).hasSize(1);
    assertThat(all(operator, "/operator/orgs", "orgs", "orgId")).contains(named.text("orgId"));
    assertThat(operator.get("/operator/applications").whole())
        .contains("{\"app\":\"lists\",\"configured\":true}");
  }

  @Test
  void noRouteShowsAnOperatorWhatStandsInDocuments() {
    String secret = "secret-" + UUID.randomUUID();
    alice.push(change(secret, json("{'" + secret + "': '" + secret + "'}"), clock(0)).build());
    StringBuilder told = new StringBuilder();

    for (String path : List.of("applications", "users", "orgs", "usage", "jobs", "audit")) {
      String after = "";
      Answer page;
      do {
        page = operator.get("/operator/" + path + "?limit=50" + after);
        if (path.equals("applications")) {
          page = operator.get("/operator/applications");
        }
        told.append(page.whole());
        after = "&after=" + Caller.encoded(page.text("after"));
      } while (!page.text("after").equals("(none)") && !path.equals("audit"));
    }

    assertThat(told.toString()).contains(alice.userId(), "\"documents\":1").doesNotContain(secret);
  }

  @Test
  void whoIsBlockedIsKeptOutUntilTheyAreLetInAgain() {
    alice.push(change("milk", json("{'a': 1}"), clock(0)).build());

    Answer blocked = operator.method("PUT", path("/blocked"));
    Answer refused = alice.pull(Caller.ZERO);
    Answer signIn = Caller.anonymous(server).post("/auth/dev", json("{'name': '" + name + "'}"));
    boolean told = find(alice.userId()).whole().contains("\"blocked\":true");
    operator.method("DELETE", path("/blocked"));

    assertThat(blocked.status()).isEqualTo(204);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("code")).isEqualTo("forbidden");
    assertThat(refused.text("reason")).isEqualTo("blocked");
    assertThat(signIn.status()).isEqualTo(403);
    assertThat(told).isTrue();
    assertThat(alice.pull(Caller.ZERO).list("serverChanges")).hasSize(1);
    assertThat(alice.get("/account/audit").whole())
        .contains("user_blocked", "user_unblocked", "signed_in");
    assertThat(operator.method("PUT", "/operator/users/" + operator.userId() + "/blocked").status())
        .isEqualTo(400);
  }

  private String path(String what) {
    return "/operator/users/" + alice.userId() + what;
  }

  @Test
  void sessionsEndAndTheNextSignInBegins() {
    operator.method("POST", path("/sessions/end"));

    assertThat(alice.get("/auth/me").status()).isEqualTo(401);
    assertThat(Caller.named(server, name).get("/auth/me").status()).isEqualTo(200);
  }

  @Test
  void whoAsksForItIsErasedAndNothingInTheTrailNamesThem() {
    alice.push(change("milk", json("{'a': 1}"), clock(0)).build());

    Answer erased = operator.method("DELETE", path(""));

    assertThat(erased.status()).isEqualTo(204);
    assertThat(alice.get("/auth/me").text("reason")).isEqualTo("deleted");
    assertThat(find(alice.userId()).list("users")).isEmpty();
    assertThat(operator.get("/operator/audit?limit=20").whole())
        .contains("account_erased")
        .doesNotContain(alice.userId());
    assertThat(operator.method("DELETE", path("")).status()).isEqualTo(404);
  }

  @Test
  void jobsAreStartedWatchedAndInTheTrail() throws InterruptedException {
    Answer started = operator.post("/operator/jobs", json("{'kind': 'reindex'}"));
    assertThat(started.status()).as(started.toString()).isIn(202, 409);
    String jobs = "";
    for (int i = 0; i < 120 && !jobs.contains("\"state\":\"done\""); i++) {
      Thread.sleep(500);
      jobs = operator.get("/operator/jobs").whole();
    }

    assertThat(jobs).contains("\"kind\":\"reindex\"", "\"state\":\"done\"");
    assertThat(operator.post("/operator/jobs", json("{'kind': 'everything'}")).status())
        .isEqualTo(400);
    assertThat(operator.get("/operator/audit?limit=1000").whole())
        .contains("job_started", "jobs_listed");
  }
}
