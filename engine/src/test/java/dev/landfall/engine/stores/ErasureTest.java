package dev.landfall.engine.stores;

import static dev.landfall.engine.stores.ErasedWorld.ALICE;
import static dev.landfall.engine.stores.ErasedWorld.BOB;
import static dev.landfall.engine.stores.ErasedWorld.CONTENT;
import static dev.landfall.engine.stores.ErasedWorld.EMAIL;
import static dev.landfall.engine.stores.ErasedWorld.KEY;
import static dev.landfall.engine.stores.ErasedWorld.TEAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.mongo.TestDatabase.Breach;
import dev.landfall.store.mongo.TestDatabase.Breakable;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Faults;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FaultyBackend.Operation;
import dev.landfall.store.tck.FolderInMemory;
import dev.landfall.store.tck.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user is deleted, wherever the deletion breaks off, over every store; then the raw store is
 * searched for what was hers.
 */
class ErasureTest {
  private static final Set<Operation> CHANGES =
      EnumSet.of(
          Operation.APPEND,
          Operation.ERASE,
          Operation.SCRUB,
          Operation.DIRECTORY_WRITE,
          Operation.DIRECTORY_REMOVE);

  /** Over MongoDB one of so many places is taken to break off at; 1 takes all. */
  private static final int STEP = Integer.getInteger("landfall.erasure.step", 20);

  private static final long WEEK_AND_MORE = Duration.ofDays(8).toMillis();
  private static final long RETENTION =
      SyncSettings.DEFAULT.tombstoneRetention().toMillis() + Duration.ofDays(1).toMillis();

  /** A store, and how to find out whether some text stands in it. */
  private record Subject(StoreBackend store, Predicate<String> holds) {}

  private static Subject memory() {
    MemoryBackend store = new MemoryBackend(1L << 30);
    return new Subject(store, text -> HeapScan.holds(store, text));
  }

  private static Subject sqlite(Path folder) {
    StoreBackend store =
        new SqliteProvider()
            .open(
                new StoreSettings(
                    Map.of(SqliteProvider.FILE, folder.resolve("store.db").toString())));
    return new Subject(
        store,
        text -> {
          try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> holds(file, text));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static boolean holds(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Subject mongo(TestDatabase database) {
    return new Subject(
        new MongoProvider()
            .open(
                new StoreSettings(
                    Map.of(
                        MongoProvider.URI, database.address(),
                        MongoProvider.DATABASE, database.name()))),
        database::holds);
  }

  /** Whether everything is gone. */
  private static boolean erase(Erasures erasures, ErasedWorld world) {
    long now = world.millis / 1_000;
    return erasures.user(ALICE, now - 100, now + 1_000);
  }

  private static void assertErased(
      Subject subject, ErasedWorld world, boolean leavesMarks, String where) {
    List<String> found = new ArrayList<>();
    for (String text : List.of(CONTENT, EMAIL)) {
      if (subject.holds().test(text)) {
        found.add(text);
      }
    }
    if (!leavesMarks && subject.holds().test(KEY)) {
      found.add(KEY);
    }
    assertThat(found).as("at once, %s", where).isEmpty();
    assertThat(subject.holds().test(TEAM)).as("what is not hers").isTrue();
    assertThat(world.pull(BOB, BOB, HybridTimestamp.ZERO)).as(where).containsOnly("bobs", "kept");
    assertThat(world.pull(BOB, world.acme, HybridTimestamp.ZERO)).as(where).containsOnly("team");

    world.millis += RETENTION;
    world.purge();
    world.millis += WEEK_AND_MORE;
    world.purge();

    for (String text : List.of(KEY, ALICE.value(), world.lonely.value(), "Lonely")) {
      if (subject.holds().test(text)) {
        found.add(text);
      }
    }
    assertThat(found).as("after the purge, %s", where).isEmpty();
  }

  /** Where worlds come from in which Alice is still there, each in a store of its own. */
  @FunctionalInterface
  private interface Worlds {
    /** The next world, and its store. */
    Settled next();
  }

  private record Settled(Subject subject, ErasedWorld world) {}

  private static Settled settled(Subject subject) {
    return new Settled(subject, new ErasedWorld(subject.store()).settled());
  }

  /**
   * Before which of the calls of an undisturbed deletion, counted from 1, another one is killed.
   */
  @FunctionalInterface
  private interface Deaths {
    List<Integer> among(List<Operation> calls);

    /** Each of them. After a call is before the next. */
    Deaths EVERYWHERE = calls -> IntStream.rangeClosed(1, calls.size()).boxed().toList();

    /** The store is the same before all calls from one that has changed it to the next. */
    Deaths IN_EVERY_STATE =
        calls ->
            IntStream.rangeClosed(1, calls.size())
                .filter(call -> call == 1 || CHANGES.contains(calls.get(call - 2)))
                .boxed()
                .toList();
  }

  /** Kills a deletion, and has another server complete it. */
  private static void everywhere(Worlds worlds, boolean leavesMarks, Deaths deaths) {
    Settled first = worlds.next();
    Subject whole = first.subject();
    ErasedWorld undisturbed = first.world();
    assertThat(whole.holds().test(CONTENT)).isTrue();
    assertThat(whole.holds().test(ALICE.value())).isTrue();
    List<Operation> calls = new ArrayList<>();
    FaultyBackend counting =
        new FaultyBackend(
            whole.store(),
            (call, moment) -> {
              if (moment == Moment.AFTER) {
                calls.add(call.operation());
              }
              return false;
            });
    erase(undisturbed.erasures(counting), undisturbed);
    assertErased(whole, undisturbed, leavesMarks, "undisturbed");
    whole.store().close();
    assertThat(calls).contains(Operation.ERASE, Operation.SCRUB, Operation.DIRECTORY_REMOVE);
    for (int call : deaths.among(calls)) {
      String where = "before call " + call + ", " + calls.get(call - 1);
      Settled next = worlds.next();
      Subject subject = next.subject();
      ErasedWorld world = next.world();
      FaultyBackend dying = new FaultyBackend(subject.store(), Faults.forGood(call, Moment.BEFORE));
      boolean broken = false;
      try {
        erase(world.erasures(dying), world);
      } catch (RuntimeException e) {
        broken = true;
      }
      assertThat(broken).as(where).isTrue();

      complete(next, leavesMarks, where);
    }
  }

  /** Has another server complete what has broken off. */
  private static void complete(Settled settled, boolean leavesMarks, String where) {
    Subject subject = settled.subject();
    ErasedWorld world = settled.world();
    Erasures another = world.erasures(subject.store());
    if (another.resume(Duration.ZERO) == 0
        && subject.store().directory().find("user", ALICE.value()).isPresent()) {
      erase(another, world); // it had not begun
    }

    assertErased(subject, world, leavesMarks, where);
    assertThat(another.resume(Duration.ZERO)).as(where).isZero();
    subject.store().close();
  }

  @Test
  void overMemoryNothingIsLeftWhereverItBreaksOff() {
    everywhere(() -> settled(memory()), false, Deaths.EVERYWHERE);
  }

  @Test
  void overSqliteNothingIsLeftInTheFilesWhereverItBreaksOff(
      @TempDir(factory = FolderInMemory.class) Path template,
      @TempDir(factory = FolderInMemory.class) Path folder) {
    Subject settled = sqlite(template);
    ErasedWorld world = new ErasedWorld(settled.store()).settled();
    settled.store().close();
    AtomicInteger copies = new AtomicInteger();

    everywhere(
        () -> {
          Subject copy =
              sqlite(copied(template, folder.resolve("copy" + copies.incrementAndGet())));
          return new Settled(copy, new ErasedWorld(copy.store(), world));
        },
        false,
        Deaths.IN_EVERY_STATE);
  }

  @Test
  void onAFullDiskAUserIsDeletedAllTheSame(@TempDir Path folder) {
    try (SmallDisk disk = SmallDisk.in(folder)) {
      Settled settled = settled(sqlite(folder));
      disk.fill();

      assertThat(erase(settled.world().erasures(settled.subject().store()), settled.world()))
          .isTrue();

      disk.empty();
      assertErased(settled.subject(), settled.world(), false, "on a full disk");
      settled.subject().store().close();
    }
  }

  @Test
  void aDeletionThatIsNotedIsAnsweredAsUnderWayWhenTheDatabaseFails() {
    Settled settled = settled(memory());
    FaultyBackend failing =
        new FaultyBackend(
            settled.subject().store(), (call, moment) -> call.operation() == Operation.APPEND);

    assertThat(erase(settled.world().erasures(failing), settled.world())).isFalse();

    Erasures another = settled.world().erasures(settled.subject().store());
    assertThat(another.resume(Duration.ZERO)).isEqualTo(1);
    assertErased(settled.subject(), settled.world(), false, "resumed");
  }

  private static Path copied(Path folder, Path target) {
    try (Stream<Path> files = Files.list(folder)) {
      Files.createDirectory(target);
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Worlds in copies of one database, each gone when the next is there. */
  private static final class MongoWorlds implements Worlds, AutoCloseable {
    private final TestDatabase template;
    private final ErasedWorld world;
    private Optional<TestDatabase> copy = Optional.empty();

    MongoWorlds(TestDatabase template) {
      this.template = template;
      Subject settled = mongo(template);
      world = new ErasedWorld(settled.store()).settled();
      settled.store().close();
    }

    @Override
    public Settled next() {
      close();
      copy = Optional.of(template.copy());
      return reopened(world);
    }

    /** The last one, over another connection. */
    Settled reopened(ErasedWorld of) {
      Subject subject = mongo(copy.orElseThrow());
      return new Settled(subject, new ErasedWorld(subject.store(), of));
    }

    @Override
    public void close() {
      copy.ifPresent(TestDatabase::close);
      copy = Optional.empty();
    }
  }

  @Test
  void overMongoNothingIsLeftInAnyCollectionWhereverItBreaksOff() {
    try (TestDatabase template = TestDatabase.create();
        MongoWorlds worlds = new MongoWorlds(template)) {
      everywhere(worlds, true, calls -> sample(0, calls.size()));
    }
  }

  /** Some of the numbers up to {@code last}, which is among them. */
  private static List<Integer> sample(int offset, int last) {
    return IntStream.rangeClosed(1, last)
        .filter(number -> number == last || number % STEP == offset % STEP)
        .boxed()
        .toList();
  }

  @Test
  void overMongoNothingIsLeftWhicheverRequestFails() {
    try (Breakable server = TestDatabase.breakable();
        MongoWorlds worlds = new MongoWorlds(server.database())) {
      for (Breach breach : Breach.values()) {
        Settled whole = worlds.next();
        server.strike(Long.MAX_VALUE, breach);
        erase(whole.world().erasures(whole.subject().store()), whole.world());
        int requests = Math.toIntExact(server.mend());
        whole.subject().store().close();
        assertThat(requests).isGreaterThan(50);
        for (int number : sample(7 * breach.ordinal(), requests)) {
          struck(server, worlds, number, breach);
        }
      }
    }
  }

  private static void struck(Breakable server, MongoWorlds worlds, int number, Breach breach) {
    String where = breach + " at change " + number;
    Settled broken = worlds.next();
    server.strike(number, breach);
    boolean failed = false;
    try {
      erase(broken.world().erasures(broken.subject().store()), broken.world());
    } catch (RuntimeException e) {
      failed = true;
    }
    server.mend();
    if (breach == Breach.DEATH) {
      assertThat(failed).as(where).isTrue();
      broken.subject().store().close();
      complete(worlds.reopened(broken.world()), true, where);
    } else {
      complete(broken, true, where);
    }
  }

  @Test
  void readersHearThatDocumentsAreGone() {
    Subject subject = memory();
    ErasedWorld world = new ErasedWorld(subject.store()).settled();
    HybridTimestamp before = subject.store().application(ErasedWorld.TODO).tip().clock();

    erase(world.erasures(subject.store()), world);

    var page =
        subject
            .store()
            .application(ErasedWorld.TODO)
            .feed(
                Set.of(new dev.landfall.api.store.Feed(BOB, ErasedWorld.TASKS)),
                before,
                new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_SEQUENCE, "~"),
                10,
                10_000);
    assertThat(page.items())
        .extracting(item -> item.entry().document().key().value() + " " + item.entry().kind())
        .containsExactly("shared REVOKED");
  }

  @Test
  void theOnlyAdministratorOfOthersStaysAndNothingIsDeleted() {
    Subject subject = memory();
    ErasedWorld world = new ErasedWorld(subject.store()).settled();
    Organisations organisations =
        world.organisations(subject.store(), world.engine(subject.store(), ErasedWorld.TODO));
    new Memberships(subject.store().directory()).enter(ALICE, world.acme);
    organisations.changeRole(ALICE, world.acme, BOB, Role.MEMBER);
    Optional<SyncException> refusal = Optional.empty();

    try {
      erase(world.erasures(subject.store()), world);
    } catch (SyncException e) {
      refusal = Optional.of(e);
    }

    assertThat(refusal.orElseThrow().problem()).isEqualTo(SyncProblem.LAST_ADMIN);
    assertThat(refusal.orElseThrow().details().orElseThrow().toString()).contains("Acme");
    assertThat(refusal.orElseThrow().details().orElseThrow().toString()).doesNotContain("Lonely");
    assertThat(subject.holds().test(CONTENT)).isTrue();
    assertThat(world.erasures(subject.store()).resume(Duration.ZERO)).isZero();
    assertThat(world.pull(ALICE, ALICE, HybridTimestamp.ZERO)).contains(KEY);
  }

  @Test
  void anOrganisationGoesWithEverythingInItAndItsNameIsFree() {
    Subject subject = memory();
    ErasedWorld world = new ErasedWorld(subject.store()).settled();

    world.erasures(subject.store()).organisation(BOB, world.acme);

    assertThat(subject.holds().test(TEAM)).isFalse();
    assertThat(subject.holds().test(CONTENT)).isTrue();
    assertThat(world.pull(BOB, BOB, HybridTimestamp.ZERO)).contains("bobs", "shared");
    Organisations organisations =
        world.organisations(subject.store(), world.engine(subject.store(), ErasedWorld.TODO));
    assertThat(organisations.of(BOB, Optional.empty(), 10).items()).isEmpty();
    assertThat(
            organisations
                .create(BOB, new dev.landfall.engine.organisation.OrganisationName("acme"))
                .member()
                .organisation())
        .isNotEqualTo(world.acme);
    world.millis += RETENTION;
    world.purge();
    assertThat(subject.holds().test(world.acme.value())).isFalse();
  }
}
