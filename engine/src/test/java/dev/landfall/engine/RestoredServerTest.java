package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.Resync;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FolderInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that comes back from a backup or empty, so that devices hold what it does not, and what
 * only looks like that.
 */
class RestoredServerTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  @TempDir(factory = FolderInMemory.class)
  Path folder;

  private TestServer server;
  private long runs;

  @BeforeEach
  void start() {
    server = open();
  }

  @AfterEach
  void stop() {
    server.store.close();
  }

  private TestServer open() {
    StoreBackend store =
        new SqliteProvider()
            .open(
                new StoreSettings(
                    Map.of(SqliteProvider.FILE, folder.resolve("landfall.db").toString())));
    TestServer opened = new TestServer(SyncSettings.DEFAULT, CollectionDefinition.FREE_FORM, store);
    opened.restart(++runs); // a run of its own
    return opened;
  }

  private void again() {
    long millis = server.millis;
    server.store.close();
    server = open();
    server.millis = millis;
  }

  private void copy(String from, String to) throws IOException {
    server.store.close();
    Files.copy(folder.resolve(from), folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    again();
  }

  private void backUp() throws IOException {
    copy("landfall.db", "backup.db");
  }

  private void restore() throws IOException {
    copy("backup.db", "landfall.db");
  }

  private void empty() throws IOException {
    server.store.close();
    Files.delete(folder.resolve("landfall.db"));
    again();
  }

  private static Change task(String key, long offset, HybridTimestamp base) {
    return edit(key, "{'title':'" + key + "'}", Map.of("title", at(offset, "phone")), base);
  }

  private Optional<Resync> cause(UserId user, HybridTimestamp clock) {
    return server
        .engine()
        .sync(TestServer.TODO, user, user, SyncRequest.pull(TASKS, clock))
        .resyncCause();
  }

  @Test
  void aClockFromAfterTheBackupIsToldAsRestored() throws Exception {
    HybridTimestamp before = server.push(ZERO, task("one", 0, ZERO)).clock();
    backUp();
    HybridTimestamp sameRun = server.push(before, task("two", 1, ZERO)).clock();
    restore();

    assertThat(cause(ALICE, sameRun)).contains(Resync.RESTORED);
    assertThat(cause(ALICE, before)).isEmpty();
    assertThat(cause(ALICE, ZERO)).isEmpty();
  }

  @Test
  void aClockFromAfterTheBackupIsToldAsRestoredWhateverHasBeenWrittenSince() throws Exception {
    server.push(ZERO, task("one", 0, ZERO));
    backUp();
    HybridTimestamp lost = server.push(ZERO, task("two", 1, ZERO)).clock();
    restore();
    server.millis += 60_000;

    server.push(ZERO, task("three", 2, ZERO), task("four", 3, ZERO));

    assertThat(cause(ALICE, lost)).contains(Resync.RESTORED);
  }

  @Test
  void aBackupOfARunIsToldFromThatRun() throws Exception {
    HybridTimestamp first = server.push(ZERO, task("one", 0, ZERO)).clock();
    server.store.close();
    Files.copy(folder.resolve("landfall.db"), folder.resolve("backup.db"));
    again();
    server.restart(runs - 1); // the same run goes on
    HybridTimestamp lost = server.push(ZERO, task("two", 1, ZERO)).clock();
    restore();

    assertThat(cause(ALICE, lost)).contains(Resync.RESTORED);
    assertThat(cause(ALICE, first)).isEmpty();
  }

  @Test
  void anEmptiedServerIsToldAsRestored() throws Exception {
    HybridTimestamp clock = server.push(ZERO, task("one", 0, ZERO)).clock();
    empty();

    assertThat(cause(ALICE, clock)).contains(Resync.RESTORED);

    server.push(ZERO, task("two", 1, ZERO));

    assertThat(cause(ALICE, clock)).contains(Resync.RESTORED);
  }

  @Test
  void anotherServersClockAndADevicesAreToldAsRestored() {
    server.push(ZERO, task("one", 0, ZERO));

    assertThat(cause(ALICE, at(0, "srv.00000000.x"))).contains(Resync.RESTORED);
    assertThat(cause(ALICE, at(0, "9b2fd3f4-server"))).contains(Resync.RESTORED);
  }

  @Test
  void aClockOlderThanTheHorizonIsToldAsPurged() {
    HybridTimestamp clock = server.push(ZERO, task("one", 0, ZERO), task("two", 1, ZERO)).clock();
    server.push(clock, delete("one", at(5, "phone"), clock));
    server.millis += Duration.ofDays(91).toMillis();
    server.push(ZERO, task("three", 6, ZERO));
    server.engine().purge();

    assertThat(cause(ALICE, clock)).contains(Resync.PURGED);
  }

  @Test
  void aClockOfAnotherCollectionOrUserOfThisServerIsNoLoss() {
    HybridTimestamp notes =
        server
            .sync(
                ALICE,
                SyncRequest.push(new CollectionName("notes"), ZERO, List.of(task("n", 0, ZERO))))
            .clock();
    HybridTimestamp tasks = server.push(ZERO, task("one", 0, ZERO)).clock();

    assertThat(cause(ALICE, notes)).contains(Resync.PURGED);
    assertThat(cause(BOB, tasks)).contains(Resync.PURGED);
  }

  @Test
  void whatOnlyADeviceHoldsComesBackWithItsClocks() throws Exception {
    backUp();
    Answer lost = server.push(ZERO, task("one", 1_000, ZERO));
    restore();

    Answer back = server.push(ZERO, task("one", 1_000, lost.revision("one")));

    assertThat(back.isTombstone("one")).isFalse();
    assertThat(server.pull(ZERO).order()).containsExactly("one");
    assertThat(server.pull(ZERO).fieldClock("one", "title")).isEqualTo(at(1_000, "phone"));
  }

  @Test
  void anExistingClientBringsEverythingBack() throws Exception {
    HybridTimestamp clock = server.push(ZERO, task("one", 1_000, ZERO)).clock();
    empty();

    Answer back = server.push(clock, task("one", 1_000, clock));

    assertThat(back.resync()).isTrue();
    assertThat(back.isTombstone("one")).isFalse();
    assertThat(server.pull(ZERO).order()).containsExactly("one");
  }

  @Test
  void aFirstContactFromAnotherKindOfServerIsNotWiped() {
    HybridTimestamp base = at(9_000, "1c9d7a52-8f0e-4b57-9a4e-5d6f0f3b2a11");

    Answer first = server.push(base, task("one", 1_000, base));

    assertThat(first.isTombstone("one")).isFalse();
    assertThat(server.pull(ZERO).order()).containsExactly("one");
  }

  @Test
  void nothingOlderOverwritesWhatTheServerHasNewer() throws Exception {
    backUp();
    HybridTimestamp lost = server.push(ZERO, task("one", 1_000, ZERO)).clock();
    restore();
    server.push(ZERO, edit("one", "{'title':'newer'}", Map.of("title", at(5_000, "laptop")), ZERO));

    server.push(ZERO, task("one", 1_000, lost));

    assertThat(server.pull(ZERO).fields("one")).hasToString("{\"title\":\"newer\"}");
  }

  @Test
  void aDeletionTheServerStillHasWins() throws Exception {
    HybridTimestamp clock = server.push(ZERO, task("one", 1_000, ZERO)).clock();
    server.push(clock, delete("one", at(5_000, "laptop"), clock));
    backUp();
    HybridTimestamp lost = server.push(ZERO, task("two", 6_000, ZERO)).clock();
    restore();

    Answer late = server.push(ZERO, task("one", 1_000, lost));

    assertThat(late.isTombstone("one")).isTrue();
    assertThat(server.pull(ZERO).order()).isEmpty();
  }

  @Test
  void aBaseOfAnotherUserOrCollectionOfThisServerDoesNotBringTheirDocumentsHere() {
    HybridTimestamp alices = server.push(ZERO, task("one", 0, ZERO)).clock();

    Answer bobs = server.sync(BOB, SyncRequest.push(TASKS, ZERO, List.of(task("one", 0, alices))));
    Answer notes =
        server.sync(
            ALICE,
            SyncRequest.push(new CollectionName("notes"), ZERO, List.of(task("one", 0, alices))));

    assertThat(bobs.isTombstone("one")).isTrue();
    assertThat(notes.isTombstone("one")).isTrue();
    assertThat(server.sync(BOB, SyncRequest.pull(TASKS, ZERO)).documents()).isEmpty();
  }
}
