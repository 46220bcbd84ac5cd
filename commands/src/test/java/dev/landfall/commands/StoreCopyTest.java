package dev.landfall.commands;

import static dev.landfall.commands.Server.ALICE;
import static dev.landfall.commands.Server.BOB;
import static dev.landfall.commands.Server.NOTES;
import static dev.landfall.commands.Server.TODO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.commands.Server.Told;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.sqlite.SqliteBackend;
import dev.landfall.store.tck.FolderInMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCopyTest {
  @TempDir(factory = FolderInMemory.class)
  private Path folder;

  private StoreBackend source;

  @BeforeEach
  void live() {
    source = SqliteBackend.open(folder.resolve("source.db"));
    Server.live(source);
    for (int i = 0; i < 700; i++) {
      source.directory().write(new DirectoryRecord("user", "u" + i, 1, Bytes.utf8("{}")));
    }
    source.directory().write(new DirectoryRecord("user", "u1", 2, Bytes.utf8("{\"a\":1}")));
    source.directory().write(new DirectoryRecord("instance", "id", 1, Bytes.utf8("the-one")));
    source.directory().write(new DirectoryRecord("signin", "state", 1, Bytes.utf8("{}")));
  }

  @AfterEach
  void close() {
    source.close();
  }

  private StoreBackend sqlite(String name) {
    return SqliteBackend.open(folder.resolve(name));
  }

  private static List<String> copy(StoreBackend from, StoreBackend to) {
    return new StoreCopy(from, to, 3, progress -> {}).run("the source");
  }

  @Test
  void byMongoAndBackEverythingIsTheSameAndDevicesGoOnWhereTheyWere() {
    Server before = new Server(source, 3);
    HybridTimestamp alices = before.edit(TODO, ALICE, "a1", "{'title': 'latest'}").cursor();
    HybridTimestamp bobs = before.pull(NOTES, BOB, HybridTimestamp.ZERO).cursor();
    try (TestDatabase database = TestDatabase.create();
        StoreBackend mongo = open(database);
        StoreBackend back = sqlite("back.db")) {
      assertThat(copy(source, mongo)).isEmpty();
      assertThat(copy(mongo, back)).isEmpty();

      for (StoreBackend copy : List.of(mongo, back)) {
        Server after = new Server(copy, 3);
        for (ApplicationName application : List.of(TODO, NOTES)) {
          for (UserId user : List.of(ALICE, BOB)) {
            assertThat(after.pull(application, user, HybridTimestamp.ZERO))
                .isEqualTo(before.pull(application, user, HybridTimestamp.ZERO));
          }
          assertThat(after.history(application, "a1")).isEqualTo(before.history(application, "a1"));
        }
        assertThat(after.pull(TODO, ALICE, alices)).isEqualTo(new Told(List.of(), alices, none()));
        assertThat(after.pull(NOTES, BOB, bobs)).isEqualTo(new Told(List.of(), bobs, none()));
        assertThat(new StoreCheck(copy).run()).isEmpty();
        assertThat(copy.directory().find("signin", "state")).isEmpty();
        assertThat(copy.directory().list("storeCopy", "", 10)).isEmpty();
      }
      Server next = new Server(back, 4);
      assertThat(next.edit(TODO, BOB, "b00", "{'title': 'edited'}").cursor()).isGreaterThan(alices);
      assertThat(next.pull(TODO, ALICE, alices).resync()).isEmpty();
    }
  }

  private static <T> Optional<T> none() {
    return Optional.empty();
  }

  private static StoreBackend open(TestDatabase database) {
    return new MongoProvider()
        .open(
            new StoreSettings(
                Map.of(
                    MongoProvider.URI, database.address(),
                    MongoProvider.DATABASE, database.name())));
  }

  @Test
  void aCopyThatIsBrokenOffAnywhereGoesOnWhereItWas() {
    try (StoreBackend target = sqlite("target.db")) {
      boolean broken = true;
      for (int steps = 1; broken; steps++) {
        int[] left = {steps};
        try {
          assertThat(
                  new StoreCopy(
                          source,
                          target,
                          3,
                          progress -> {
                            if (left[0]-- == 0) {
                              throw new IllegalStateException("broken off");
                            }
                          })
                      .run("the source"))
              .isEmpty();
          broken = false;
        } catch (IllegalStateException e) {
          assertThat(e).hasMessage("broken off");
        }
        assertThat(steps).isLessThan(100);
      }

      assertThat(target.directory().list("storeCopy", "", 10)).isEmpty();
      assertThat(new StoreComparison(source, target, Set.of("signin"), "copy").run()).isEmpty();
    }
  }

  @Test
  void aStoreThatHoldsSomethingElseIsNoTarget() {
    try (StoreBackend other = sqlite("other.db");
        StoreBackend begun = sqlite("begun.db")) {
      Server.live(other);
      assertThatThrownBy(() -> copy(source, other)).hasMessage("The target is not empty.");

      StoreCopy broken =
          new StoreCopy(
              source,
              begun,
              3,
              progress -> {
                throw new IllegalStateException("broken off");
              });
      assertThatThrownBy(() -> broken.run("another source")).hasMessage("broken off");
      assertThatThrownBy(() -> copy(source, begun))
          .hasMessage("The target holds part of a copy of another source, not of the source.");
    }
  }

  @Test
  void aDifferenceIsNamed() {
    try (StoreBackend target = sqlite("target.db")) {
      assertThat(copy(source, target)).isEmpty();
      new Server(target, 4).edit(TODO, ALICE, "a1", "{'title': 'edited'}");
      target.directory().write(new DirectoryRecord("user", "extra", 1, Bytes.utf8("{}")));

      assertThat(new StoreComparison(source, target, Set.of("signin"), "copy").run())
          .anyMatch(it -> it.contains("todo: the logs end at different clocks"))
          .anyMatch(it -> it.contains("todo: a document is different"))
          .anyMatch(it -> it.contains("records of kind 'user'"))
          .noneMatch(it -> it.contains("notes"));
    }
  }

  @Test
  void aStoreInMemoryIsNotCopied() {
    try (MemoryBackend memory = new MemoryBackend()) {
      assertThatThrownBy(() -> copy(memory, source)).hasMessageContaining("cannot be copied");
    }
  }
}
