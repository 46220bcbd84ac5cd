package dev.landfall.engine.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.memory.MemoryProvider;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.Crowd;
import dev.landfall.store.tck.FolderInMemory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One database is one server, whoever opens it and however often. */
class InstanceIdTest {
  private final AtomicInteger made = new AtomicInteger();

  private final Supplier<InstanceId> fresh = () -> new InstanceId("id-" + made.incrementAndGet());

  private InstanceId of(StoreBackend store) {
    return InstanceId.of(store.directory(), fresh);
  }

  private static StoreBackend open(StoreProvider provider, Map<String, String> settings) {
    return provider.open(new StoreSettings(settings));
  }

  @Test
  void aFileKeepsItsIdWhenTheServerStartsAgain(
      @TempDir(factory = FolderInMemory.class) Path folder) {
    Map<String, String> file = Map.of(SqliteProvider.FILE, folder.resolve("a.db").toString());
    InstanceId first;
    try (StoreBackend store = open(new SqliteProvider(), file)) {
      first = of(store);
    }

    try (StoreBackend store = open(new SqliteProvider(), file)) {
      assertThat(of(store)).isEqualTo(first);
    }
  }

  @Test
  void anotherFileIsAnotherServer(@TempDir(factory = FolderInMemory.class) Path folder) {
    for (String name : new String[] {"a.db", "b.db"}) {
      try (StoreBackend store =
          open(
              new SqliteProvider(), Map.of(SqliteProvider.FILE, folder.resolve(name).toString()))) {
        of(store);
      }
    }

    assertThat(made).hasValue(2);
  }

  @Test
  void everyStartOfAMemoryStoreIsAnotherServer() {
    InstanceId first = of(open(new MemoryProvider(), Map.of()));

    assertThat(of(open(new MemoryProvider(), Map.of()))).isNotEqualTo(first);
  }

  @Test
  void nodesThatStartAtOnceAgree() {
    try (TestDatabase database = TestDatabase.create()) {
      Map<String, String> settings =
          Map.of(MongoProvider.URI, database.address(), MongoProvider.DATABASE, database.name());
      Set<InstanceId> seen = ConcurrentHashMap.newKeySet();

      Crowd.of(8)
          .each(
              i -> {
                try (StoreBackend node = open(new MongoProvider(), settings)) {
                  seen.add(of(node));
                }
              });

      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void manyThreadsAgreeOverEveryStore(@TempDir(factory = FolderInMemory.class) Path folder) {
    Map<String, String> file = Map.of(SqliteProvider.FILE, folder.resolve("a.db").toString());
    try (StoreBackend memory = open(new MemoryProvider(), Map.of());
        StoreBackend sqlite = open(new SqliteProvider(), file)) {
      for (StoreBackend store : new StoreBackend[] {memory, sqlite}) {
        Set<InstanceId> seen = ConcurrentHashMap.newKeySet();

        Crowd.of(16).each(i -> seen.add(of(store)));

        assertThat(seen).hasSize(1);
      }
    }
  }

  @Test
  void aDatabaseCanBeGivenAnotherIdThatStays() {
    StoreBackend store = open(new MemoryProvider(), Map.of());
    of(store);

    InstanceId.set(store.directory(), new InstanceId("moved"));
    InstanceId.set(store.directory(), new InstanceId("moved"));

    assertThat(of(store)).hasToString("moved");
  }

  @Test
  void aNewDatabaseCanBeGivenAnId() {
    StoreBackend store = open(new MemoryProvider(), Map.of());

    InstanceId.set(store.directory(), new InstanceId("moved"));

    assertThat(of(store)).hasToString("moved");
  }

  @Test
  void anIdIsShortAndVisible() {
    assertThat(new InstanceId("x".repeat(128)).value()).hasSize(128);
    for (String wrong : new String[] {"", " ", "a b", "é", "a\n", "x".repeat(129)}) {
      assertThatThrownBy(() -> new InstanceId(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
