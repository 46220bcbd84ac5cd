package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The server of SQLite is killed in the middle of a deletion, and completes it when it is back. */
class ErasureKillIT {
  private static final String CANARY = "c4nary-in-the-mine";
  private static final int DOCUMENTS = 3_000;
  private static final long PATIENCE_SECONDS = 120;

  @Test
  void aDeletionInWhoseMiddleTheServerIsKilledIsCompletedByTheNext() throws Exception {
    try (TestServer server = new TestServer("erasure-kill", Map.of("landfall.store", "sqlite"))) {
      server.start();
      Caller alice = Caller.named(server, "alice");
      for (int from = 0; from < DOCUMENTS; from += 500) {
        List<JsonValue> changes = new ArrayList<>();
        for (int i = from; i < from + 500; i++) {
          String fields = "{'" + CANARY + "': '" + CANARY + " ".repeat(i % 300) + CANARY + "'}";
          changes.add(change(CANARY + i, json(fields), clock(0)).build());
        }
        Answer pushed =
            alice.post(
                "/planner/sync",
                body(ZERO).put("limit", 1).put("changes", new JsonArray(changes)).build());
        assertThat(pushed.status()).isEqualTo(200);
      }
      assertThat(holds(server.home(), CANARY)).isTrue();

      CompletableFuture<Answer> deletion =
          CompletableFuture.supplyAsync(() -> alice.method("DELETE", "/account"));
      awaitRefusal(alice);
      server.kill();
      await(deletion);
      server.start();

      assertThat(alice.pull(ZERO).status()).isEqualTo(401);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (holds(server.home(), CANARY) || holds(server.home(), alice.userId())) {
        assertThat(System.nanoTime()).as("something is left").isLessThan(end);
        Thread.sleep(200);
      }
      assertThat(Caller.named(server, "alice").pull(ZERO).list("serverChanges")).isEmpty();
    }
  }

  /** Until the deletion has been decided. */
  private static void awaitRefusal(Caller caller) {
    int status = 200;
    while (status != 401) {
      status = caller.get("/auth/me").status();
      assertThat(status).isIn(200, 401);
    }
  }

  private static void await(CompletableFuture<Answer> deletion) throws Exception {
    try {
      deletion.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      // it was killed before it could answer
    }
  }

  private static boolean holds(Path home, String text) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.filter(one -> one.getFileName().toString().contains(".db")).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }
}
