package dev.landfall.engine.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.tck.FreshSeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database with a disk that is killed while nodes write, and started again on what it has left.
 * {@code LANDFALL_TEST_MONGO_START} is the command that starts it in the foreground, always on the
 * same folder and where {@code LANDFALL_TEST_MONGO_URI} says.
 */
@EnabledIfEnvironmentVariable(named = "LANDFALL_TEST_MONGO_START", matches = ".+")
class DatabaseKillTest {
  private static final int ROUNDS = Integer.getInteger("landfall.kill.database", 20);
  private static final int NODES = 2;

  @Test
  void whatIsAcknowledgedOutlivesTheDatabase(@TempDir Path folder) throws Exception {
    Random random = new Random(FreshSeed.of(DatabaseKillTest.class));
    DatabaseProcess server = DatabaseProcess.start(folder.resolve("database.log"));
    try (TestDatabase database = TestDatabase.create();
        StoreBackend store = NodeProcess.open(database.address(), database.name())) {
      NodeFollower follower = new NodeFollower(NodeProcess.engine(store));
      List<NodeProcess> nodes = new ArrayList<>();
      try {
        for (int i = 0; i < NODES; i++) {
          nodes.add(NodeProcess.start(database, "n" + i));
        }
        for (NodeProcess node : nodes) {
          node.awaitWarm();
        }
        for (int round = 0; round < ROUNDS; round++) {
          Thread.sleep(random.nextInt(1_000));
          server.kill();
          Map<String, Integer> acknowledged = acknowledged(nodes);
          server = DatabaseProcess.start(folder.resolve("database.log"));

          catchUp(follower);
          follower.assertIsThere(acknowledged, "round " + round);
          for (NodeProcess node : nodes) {
            node.awaitMoreThan(node.acknowledged());
          }
        }
      } finally {
        for (NodeProcess node : nodes) {
          node.kill();
        }
      }
      catchUp(follower);
      for (NodeProcess node : nodes) {
        follower.assertNothingIsLost(node, "at the end");
      }
      NodeFollower fresh = new NodeFollower(NodeProcess.engine(store));
      fresh.read();
      fresh.assertEqualTo(follower);
      assertThat(database.tokensOfSeveralCommits()).isEmpty();
      long requests = acknowledged(nodes).values().stream().mapToInt(Integer::intValue).sum();
      System.out.println("Database killed: " + ROUNDS + ", acknowledged requests: " + requests);
    } finally {
      server.kill();
    }
  }

  private static Map<String, Integer> acknowledged(List<NodeProcess> nodes) {
    Map<String, Integer> all = new HashMap<>();
    nodes.forEach(node -> all.putAll(node.acknowledged()));
    return all;
  }

  /** As a client that tries again while there is no database. */
  private static void catchUp(NodeFollower follower) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (true) {
      try {
        follower.catchUp();
        return;
      } catch (SyncException e) {
        if (e.problem() != SyncProblem.UNAVAILABLE || System.nanoTime() - end > 0) {
          throw e;
        }
      }
    }
  }
}
