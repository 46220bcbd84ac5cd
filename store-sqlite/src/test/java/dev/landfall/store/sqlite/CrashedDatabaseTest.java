package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.Follower;
import dev.landfall.store.tck.FreshSeed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process or a torn log leaves: whole commits, and all that were acknowledged. */
class CrashedDatabaseTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  @TempDir private Path folder;

  @Test
  void aKilledServerLosesNothingItAcknowledged() throws IOException, InterruptedException {
    Path file = folder.resolve("landfall.db");
    Random random = new Random(FreshSeed.of(CrashedDatabaseTest.class));
    long before = 0;

    for (int round = 0; round < 10; round++) {
      long acknowledged = ChildServer.start(file, "append").killAfter(1 + random.nextInt(60));

      try (StoreBackend backend = SqliteBackend.open(file)) {
        long made = backend.application(TODO).tip().number();
        assertThat(acknowledged).isGreaterThan(before);
        assertThat(made).isBetween(acknowledged, acknowledged + 1);
        assertWhole(backend.application(TODO), made);
        before = made;
      }
    }
  }

  @Test
  void aLogTornAnywhereIsABeginningOfTheCommits() throws IOException {
    Path file = folder.resolve("landfall.db");
    int commits = 40;
    TreeSet<Long> ends = new TreeSet<>();
    Path torn = Files.createDirectory(folder.resolve("torn")).resolve("landfall.db");
    Path kept = folder.resolve("kept.db");
    try (StoreBackend backend = SqliteBackend.open(file)) {
      for (long number = 1; number <= commits; number++) {
        ChildServer.write(backend.application(TODO), number);
        ends.add(Files.size(wal(file)));
      }
      Files.copy(file, kept);
      Files.copy(wal(file), wal(kept));
    }
    long length = Files.size(wal(kept));
    assertThat(ends).hasSize(commits);
    TreeSet<Long> cuts = new TreeSet<>(ends);
    Random random = new Random(FreshSeed.of(CrashedDatabaseTest.class));
    while (cuts.size() < 90) {
      cuts.add((long) (random.nextDouble() * length));
    }
    for (long edge : new TreeSet<>(ends.headSet(ends.last()))) {
      if (cuts.size() < 120) {
        cuts.add(edge - 1);
      }
    }

    long previous = -1;
    for (long cut : cuts) {
      Files.deleteIfExists(torn);
      Files.deleteIfExists(wal(torn));
      Files.deleteIfExists(torn.resolveSibling("landfall.db-shm"));
      Files.copy(kept, torn);
      Files.copy(wal(kept), wal(torn));
      try (FileChannel channel = FileChannel.open(wal(torn), StandardOpenOption.WRITE)) {
        channel.truncate(cut);
      }

      try (StoreBackend backend = SqliteBackend.open(torn)) {
        long made = backend.application(TODO).tip().number();
        assertThat(made).isEqualTo(ends.headSet(cut, true).size()).isGreaterThanOrEqualTo(previous);
        assertWhole(backend.application(TODO), made);
        ChildServer.write(backend.application(TODO), made + 1);
        assertWhole(backend.application(TODO), made + 1);
        previous = made;
      }
    }
    assertThat(previous).isEqualTo(commits);
  }

  private static Path wal(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  /** Every commit of {@link ChildServer#write} up to {@code number} is there, and nothing else. */
  private static void assertWhole(ApplicationStore store, long number) {
    Map<DocumentId, String> alices = new HashMap<>();
    Map<DocumentId, String> bobs = new HashMap<>();
    for (long i = 1; i <= number; i++) {
      String wire = Long.toString(i);
      alices.put(task("always"), wire);
      bobs.put(task("always"), wire);
      alices.put(task("n" + i), wire);
      if (i % 7 == 0) {
        bobs.put(task("large"), wire + "x".repeat(30_000));
      }
    }
    assertThat(store.tip().number()).isEqualTo(number);
    Follower alice = new Follower(store, 100, ALICES_TASKS);
    Follower bob = new Follower(store, 100, BOBS_TASKS);
    alice.catchUp();
    bob.catchUp();
    assertThat(alice.view()).isEqualTo(alices);
    assertThat(bob.view()).isEqualTo(bobs);
    assertThat(store.find(alices.keySet())).hasSize(alices.size());
    assertThat(store.collections(ALICE, 10)).hasSize(number == 0 ? 0 : 1);
    assertThat(store.collections(BOB, 10)).isEmpty();
    if (number > 0) {
      assertThat(store.lastOfEpoch("e1")).contains(store.tip().clock());
    }
  }
}
