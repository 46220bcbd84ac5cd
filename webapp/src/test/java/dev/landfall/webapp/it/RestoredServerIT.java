package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The packaged server whose file is put back from a backup, then lost. */
class RestoredServerIT {
  @Test
  void devicesBringBackWhatABackupAndAnEmptyVolumeLack() throws Exception {
    try (TestServer server = new TestServer("restored", Map.of("landfall.store", "sqlite"))) {
      Path file = server.home().resolve("landfall.db");
      server.start();
      Caller alice = Caller.named(server, "alice");
      String instance = alice.get("/auth/me").text("instance");
      String before = push(alice, ZERO, change("old", json("{'n': 1}"), clock(0)).build()).clock();
      Path backup = server.home().resolve("backup.db");
      end(server);
      Files.copy(file, backup);
      server.start();
      JsonObject change = change("new", json("{'n': 2}"), clock(0)).build();
      String after = push(alice, before, change).clock();
      end(server);
      Files.copy(backup, file, StandardCopyOption.REPLACE_EXISTING);
      server.start();

      Answer restored = push(alice, after);
      assertThat(restored.text("resync")).isEqualTo("restored");
      assertThat(restored.text("instance")).isEqualTo(instance);
      assertThat(push(alice, before).json().get("resync")).isNull();
      assertThat(restored.document().get("_key")).hasToString("\"old\"");
      push(alice, after, withBase(change, after)); // as an existing client does
      assertThat(push(alice, ZERO).list("serverChanges")).hasSize(2);

      end(server);
      Files.delete(file);
      server.start();

      Answer emptied = push(alice, after, withBase(change, after));
      assertThat(emptied.text("resync")).isEqualTo("restored");
      assertThat(emptied.text("instance")).isNotEqualTo(instance);
      assertThat(emptied.document().get("_key")).hasToString("\"new\"");
      assertThat(emptied.document().get("_deleted")).isNull();
    }
  }

  @Test
  void whoIsNoMemberOnlyBecauseOfABackupIsToldByAnotherEpoch() throws Exception {
    Map<String, String> settings =
        Map.of("landfall.store", "sqlite", "landfall.orgs.registerable", "true");
    try (TestServer server = new TestServer("restored-members", settings)) {
      Path file = server.home().resolve("landfall.db");
      server.start();
      Caller alice = Caller.named(server, "alice");
      String first = alice.get("/auth/me").text("epoch");
      String beforehand = found(alice, "Before");
      String known = inOrg(alice, beforehand, ZERO, "a").clock();
      end(server);
      Path backup = Files.copy(file, server.home().resolve("backup.db"));
      server.start();
      assertThat(alice.get("/auth/me").text("epoch")).isEqualTo(first);
      String since = found(alice, "Since");
      String lost = inOrg(alice, since, ZERO, "b").clock();
      end(server);
      Files.copy(backup, file, StandardCopyOption.REPLACE_EXISTING);
      server.start();

      assertThat(inOrg(alice, beforehand, known, "a").status()).isEqualTo(200);
      assertThat(inOrg(alice, since, "junk", "b").status()).isEqualTo(403);
      assertThat(inOrg(alice, since, clock(0), "b").status()).isEqualTo(403);
      assertThat(alice.get("/auth/me").text("epoch")).isEqualTo(first);
      Answer refused = inOrg(alice, since, lost, "b");
      String second = alice.get("/auth/me").text("epoch");

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text("reason")).isEqualTo("not_a_member");
      assertThat(second).isNotEqualTo(first);
      inOrg(alice, since, lost.replaceFirst("srv\\.[a-z0-9]+", "srv.zzzzzzzz"), "b");
      assertThat(alice.get("/auth/me").text("epoch")).isEqualTo(second);
    }
  }

  private static String found(Caller admin, String name) {
    return admin.post("/orgs", json("{'name': '" + name + "'}")).text("orgId");
  }

  private static Answer inOrg(Caller caller, String organisation, String since, String key) {
    JsonObject change = change(key, json("{'n': 1}"), clock(0)).build();
    return caller.post(
        "/planner/sync",
        body(since).put("changes", new JsonArray(List.of(change))).build(),
        "X-Org-Id",
        organisation);
  }

  private static void end(TestServer server) throws Exception {
    server.end();
    assertThat(server.process().isAlive()).isFalse();
  }

  private static JsonObject withBase(JsonObject change, String base) {
    JsonObject.Builder copy = JsonObject.builder();
    change.members().forEach(copy::put);
    return copy.put("baseClock", base).build();
  }

  private static Answer push(Caller caller, String since, JsonValue... changes) {
    Answer answer =
        caller.post(
            "/planner/sync", body(since).put("changes", new JsonArray(List.of(changes))).build());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer;
  }
}
