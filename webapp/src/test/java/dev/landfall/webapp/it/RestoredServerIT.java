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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The packaged server whose file is put back from a backup, then lost. One server goes through it
 * all, because a start costs more than everything that is asked here.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestoredServerIT {
  private static TestServer server;
  private static Path file;
  private static Caller alice;

  /** Of the server before anything was lost. */
  private static String instance;

  private static String firstEpoch;

  /** An organisation in the backup and one that was founded after it, with cursors of both. */
  private static String beforehand;

  private static String since;
  private static String known;
  private static String lost;

  /** Alice's cursors at the backup and afterwards, and what she wrote between them. */
  private static String before;

  private static String after;
  private static JsonObject change;

  @BeforeAll
  static void aBackupIsPutBack() throws Exception {
    Map<String, String> settings =
        Map.of("landfall.store", "sqlite", "landfall.orgs.registerable", "true");
    server = new TestServer("restored", settings);
    file = server.home().resolve("landfall.db");
    server.start();
    alice = Caller.named(server, "alice");
    instance = alice.get("/auth/me").text("instance");
    firstEpoch = alice.get("/auth/me").text("epoch");
    before = push(ZERO, change("old", json("{'n': 1}"), clock(0)).build()).clock();
    beforehand = found("Before");
    known = inOrg(beforehand, ZERO, "a").clock();
    end();
    Path backup = Files.copy(file, server.home().resolve("backup.db"));
    server.start();
    assertThat(alice.get("/auth/me").text("epoch")).isEqualTo(firstEpoch);
    change = change("new", json("{'n': 2}"), clock(0)).build();
    after = push(before, change).clock();
    since = found("Since");
    lost = inOrg(since, ZERO, "b").clock();
    end();
    Files.copy(backup, file, StandardCopyOption.REPLACE_EXISTING);
    server.start();
  }

  @AfterAll
  static void close() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  @Order(1)
  void whoIsNoMemberOnlyBecauseOfABackupIsToldByAnotherEpoch() {
    assertThat(inOrg(beforehand, known, "a").status()).isEqualTo(200);
    assertThat(inOrg(since, "junk", "b").status()).isEqualTo(403);
    assertThat(inOrg(since, clock(0), "b").status()).isEqualTo(403);
    assertThat(alice.get("/auth/me").text("epoch")).isEqualTo(firstEpoch);
    Answer refused = inOrg(since, lost, "b");
    String second = alice.get("/auth/me").text("epoch");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("reason")).isEqualTo("not_a_member");
    assertThat(second).isNotEqualTo(firstEpoch);
    inOrg(since, lost.replaceFirst("srv\\.[a-z0-9]+", "srv.zzzzzzzz"), "b");
    assertThat(alice.get("/auth/me").text("epoch")).isEqualTo(second);
  }

  @Test
  @Order(2)
  void devicesBringBackWhatABackupLacks() {
    Answer restored = push(after);

    assertThat(restored.text("resync")).isEqualTo("restored");
    assertThat(restored.text("instance")).isEqualTo(instance);
    assertThat(push(before).json().get("resync")).isNull();
    assertThat(restored.document().get("_key")).hasToString("\"old\"");
    push(after, withBase(change, after)); // as an existing client does
    assertThat(push(ZERO).list("serverChanges")).hasSize(2);
  }

  @Test
  @Order(3)
  void devicesBringBackWhatAnEmptyVolumeLacks() throws Exception {
    end();
    Files.delete(file);
    server.start();

    Answer emptied = push(after, withBase(change, after));

    assertThat(emptied.text("resync")).isEqualTo("restored");
    assertThat(emptied.text("instance")).isNotEqualTo(instance);
    assertThat(emptied.document().get("_key")).hasToString("\"new\"");
    assertThat(emptied.document().get("_deleted")).isNull();
  }

  private static String found(String name) {
    return alice.post("/orgs", json("{'name': '" + name + "'}")).text("orgId");
  }

  private static Answer inOrg(String organisation, String cursor, String key) {
    JsonObject change = change(key, json("{'n': 1}"), clock(0)).build();
    return alice.post(
        "/planner/sync",
        body(cursor).put("changes", new JsonArray(List.of(change))).build(),
        "X-Org-Id",
        organisation);
  }

  private static void end() throws Exception {
    server.end();
    assertThat(server.process().isAlive()).isFalse();
  }

  private static JsonObject withBase(JsonObject change, String base) {
    JsonObject.Builder copy = JsonObject.builder();
    change.members().forEach(copy::put);
    return copy.put("baseClock", base).build();
  }

  private static Answer push(String cursor, JsonValue... changes) {
    Answer answer =
        alice.post(
            "/planner/sync", body(cursor).put("changes", new JsonArray(List.of(changes))).build());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer;
  }
}
