package dev.landfall.engine.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.memory.MemoryProvider;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FolderInMemory;
import dev.landfall.store.tck.FreshSeed;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody can tell from the answers which store a server uses, nor how many nodes there are. */
class DifferentialTest {
  private static final long FIRST = FreshSeed.of(DifferentialTest.class);
  private static final int SQLITE = Integer.getInteger("landfall.differential.sqlite", 200);
  private static final int MONGO = Integer.getInteger("landfall.differential.mongo", 15);

  @Test
  void overSqliteTheAnswersAreThoseOverMemory(
      @TempDir(factory = FolderInMemory.class) Path folder) {
    for (long seed = FIRST; seed < FIRST + SQLITE; seed++) {
      String file = folder.resolve(seed + ".db").toString();
      try (StoreBackend store =
          new SqliteProvider().open(new StoreSettings(Map.of(SqliteProvider.FILE, file)))) {
        assertSame(seed, List.of(store));
      }
    }
  }

  @Test
  void overMongoTheAnswersAreThoseOverMemory() {
    for (long seed = FIRST; seed < FIRST + MONGO; seed++) {
      try (TestDatabase database = TestDatabase.create();
          StoreBackend store = open(database)) {
        assertSame(seed, List.of(store));
      }
    }
  }

  @Test
  void overMongoTheAnswersOfTwoNodesAreThoseOverMemory() {
    for (long seed = FIRST; seed < FIRST + MONGO; seed++) {
      try (TestDatabase database = TestDatabase.create();
          StoreBackend one = open(database);
          StoreBackend other = open(database)) {
        assertSame(seed, List.of(one, other));
      }
    }
  }

  private static StoreBackend open(TestDatabase database) {
    return new MongoProvider()
        .open(
            new StoreSettings(
                Map.of(
                    MongoProvider.URI, database.address(),
                    MongoProvider.DATABASE, database.name())));
  }

  private static void assertSame(long seed, List<StoreBackend> nodes) {
    List<String> expected;
    try (StoreBackend memory = new MemoryProvider().open(new StoreSettings(Map.of()))) {
      expected = Script.run(seed, Collections.nCopies(nodes.size(), memory));
    }
    List<String> answers = Script.run(seed, nodes);
    for (int i = 0; i < Math.min(answers.size(), expected.size()); i++) {
      assertThat(answers.get(i)).as("seed %d, line %d", seed, i).isEqualTo(expected.get(i));
    }
    assertThat(answers).as("seed %d", seed).hasSameSizeAs(expected);
  }
}
