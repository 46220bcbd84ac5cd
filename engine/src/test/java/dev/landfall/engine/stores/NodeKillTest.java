package dev.landfall.engine.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.tck.FreshSeed;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Nodes over one MongoDB database that are killed in the middle of writing, one after the other,
 * while the next is writing already and a third, in this process, reads.
 */
class NodeKillTest {
  private static final int ROUNDS = Integer.getInteger("landfall.kill.nodes", 10);

  @Test
  void whatKilledNodesAcknowledgedIsThereForTheOthersAndForWhoFollows() throws Exception {
    Random random = new Random(FreshSeed.of(NodeKillTest.class));
    long writes = 0;
    try (TestDatabase database = TestDatabase.create();
        StoreBackend store = NodeProcess.open(database.address(), database.name())) {
      NodeFollower follower = new NodeFollower(NodeProcess.engine(store));
      NodeProcess node = NodeProcess.start(database, "r0");
      try {
        for (int round = 0; round < ROUNDS; round++) {
          NodeProcess next = NodeProcess.start(database, "r" + (round + 1));
          node.awaitWarm();
          NodeProcess victim = node;
          node = next;
          if (random.nextBoolean()) {
            next.awaitWarm(); // so that both write
          }
          Thread.sleep(random.nextInt(60));
          victim.kill();

          Map<String, Integer> others = next.acknowledged();
          follower.catchUp();
          follower.assertNothingIsLost(victim, "round " + round);
          follower.assertIsThere(others, "round " + round);
          writes += victim.acknowledged().values().stream().mapToInt(Integer::intValue).sum();
        }
        node.awaitWarm();
      } finally {
        node.kill();
      }
      follower.catchUp();
      follower.assertNothingIsLost(node, "at the end");
      NodeFollower fresh = new NodeFollower(NodeProcess.engine(store));
      fresh.read();
      fresh.assertEqualTo(follower);
      assertThat(database.tokensOfSeveralCommits()).isEmpty();
      System.out.println("Nodes killed: " + ROUNDS + ", acknowledged requests: " + writes);
    }
  }
}
