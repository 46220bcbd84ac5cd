package dev.landfall.engine;

import static dev.landfall.api.HybridTimestamp.ZERO;
import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.Quota;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryProvider;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FaultyBackend.Operation;
import dev.landfall.store.tck.FreshSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuotaTest {
  private static final HybridTimestamp T1 = at(1, "phone");
  private static final HybridTimestamp T2 = at(2, "phone");
  private static final String LONG = "x".repeat(2_000);

  private final TestServer three = withQuota(new Quota(3, Long.MAX_VALUE));
  private final TestServer threeThousandBytes = withQuota(new Quota(Long.MAX_VALUE, 3_000));

  private static TestServer withQuota(Quota quota) {
    return new TestServer(settings(quota), CollectionDefinition.FREE_FORM);
  }

  private static SyncSettings settings(Quota quota) {
    return new SyncSettings(
        SyncSettings.DEFAULT.maxDrift(),
        SyncSettings.DEFAULT.history(),
        SyncSettings.DEFAULT.tombstoneRetention(),
        new Limits(1024 * 1024, 64, 10_000, 10_000, 1_000, quota));
  }

  private static Change created(String key) {
    return edit(key, "{'a':1}", Map.of("a", T1), ZERO);
  }

  private static Change written(String key, String text, HybridTimestamp base) {
    return edit(key, "{'a':'" + text + "'}", Map.of("a", T2), base);
  }

  private static void assertRefused(Runnable push, String limit) {
    assertThatThrownBy(push::run)
        .isInstanceOfSatisfying(
            SyncException.class,
            e -> {
              assertThat(e.problem()).isEqualTo(SyncProblem.OUT_OF_ROOM);
              assertThat(e.details().orElseThrow().toString())
                  .contains(new JsonString(limit).toString());
            });
  }

  private static Usage usage(TestServer server) {
    return server.store.application(TODO).usage(ALICE);
  }

  @Test
  void asManyDocumentsAsAllowedAndNotOneMore() {
    three.push(ZERO, created("one"), created("two"));
    three.push(ZERO, created("three"));

    assertRefused(() -> three.push(ZERO, created("four")), "documents");
    assertThat(three.pull(ZERO).documents()).containsOnlyKeys("one", "two", "three");
  }

  @Test
  void aPushThatIsTooMuchIsRefusedAsAWhole() {
    three.push(ZERO, created("one"), created("two"));

    assertRefused(() -> three.push(ZERO, created("three"), created("four")), "documents");

    assertThat(usage(three).documents()).isEqualTo(2);
    three.push(ZERO, created("three"));
  }

  @Test
  void skippingWhatIsInvalidSkipsNothingThatIsTooMuch() {
    three.push(ZERO, created("one"), created("two"));
    SyncRequest skipping =
        new SyncRequest(
            TASKS,
            ZERO,
            List.of(created("three"), created("four")),
            OptionalInt.empty(),
            OptionalLong.empty(),
            false,
            false,
            true);

    assertRefused(() -> three.sync(ALICE, skipping), "documents");

    assertThat(usage(three).documents()).isEqualTo(2);
  }

  @Test
  void aDeletionMakesRoom() {
    HybridTimestamp base =
        three.push(ZERO, created("one"), created("two"), created("three")).clock();

    three.push(base, delete("one", T2, base), created("four"));

    assertRefused(() -> three.push(ZERO, created("five")), "documents");
    three.push(base, delete("two", T2, base));
    three.push(base, created("five"));
  }

  @Test
  void othersHaveAQuotaOfTheirOwn() {
    three.push(ZERO, created("one"), created("two"), created("three"));

    three.sync(
        BOB, SyncRequest.push(TASKS, ZERO, List.of(created("a"), created("b"), created("c"))));

    assertRefused(() -> three.push(ZERO, created("four")), "documents");
  }

  @Test
  void bytesAreThoseThatAreDelivered() {
    threeThousandBytes.push(ZERO, written("one", LONG, ZERO));

    assertRefused(() -> threeThousandBytes.push(ZERO, written("two", LONG, ZERO)), "bytes");
    threeThousandBytes.push(ZERO, written("two", "short", ZERO));
    assertThat(usage(threeThousandBytes).bytes()).isBetween(2_000L, 3_000L);
  }

  @Test
  void whoHasMoreThanAllowedNowMayDeleteAndShortenAndNothingElse() {
    TestServer before = new TestServer();
    HybridTimestamp base =
        before.push(ZERO, written("one", LONG, ZERO), written("two", LONG, ZERO)).clock();
    TestServer now =
        new TestServer(settings(new Quota(1, 3_000)), CollectionDefinition.FREE_FORM, before.store);
    HybridTimestamp t3 = at(3, "phone");

    assertRefused(() -> now.push(base, created("three")), "documents");
    assertRefused(
        () -> now.push(base, edit("one", "{'a':'" + LONG + LONG + "'}", Map.of("a", t3), base)),
        "bytes");
    now.push(base, edit("one", "{'a':'short'}", Map.of("a", t3), base));
    now.push(base, delete("two", t3, base));
    assertThat(usage(now).documents()).isEqualTo(1);
  }

  @Test
  void aDeletedDocumentComesBackOnlyIfThereIsRoom() {
    HybridTimestamp base = three.push(ZERO, created("one"), created("two")).clock();
    HybridTimestamp first = three.pull(ZERO).revision("one");
    three.push(base, delete("one", T2, base), created("three"), created("four"));

    assertRefused(
        () -> three.engine().restore(TODO, ALICE, ALICE, TestServer.id("one"), first), "documents");
  }

  @Test
  void manyAtOnceGetNoMoreThanThereIsRoomFor() throws Exception {
    TestServer ten = withQuota(new Quota(10, Long.MAX_VALUE));
    ExecutorService crowd = Executors.newFixedThreadPool(8);
    AtomicInteger refused = new AtomicInteger();
    List<Future<?>> pushes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      pushes.add(
          crowd.submit(
              () -> {
                try {
                  ten.push(ZERO, created(key));
                } catch (SyncException e) {
                  refused.incrementAndGet();
                }
              }));
    }
    for (Future<?> push : pushes) {
      push.get();
    }
    crowd.shutdown();

    assertThat(refused).hasValue(90);
    assertThat(usage(ten).documents()).isEqualTo(10);
  }

  @Test
  void whatIsKnownOfAnOwnerStaysRightWhateverIsPushed() {
    TestServer twelve = withQuota(new Quota(12, Long.MAX_VALUE));
    Random random = new Random(FreshSeed.of(QuotaTest.class));
    HybridTimestamp base = ZERO;
    int refusals = 0;
    for (int i = 0; i < 300; i++) {
      String key = "k" + random.nextInt(30);
      HybridTimestamp now = at(10 + i, "phone");
      boolean exists = exists(twelve, key);
      boolean deletes = exists && random.nextInt(3) == 0;
      Change change =
          deletes ? delete(key, now, base) : edit(key, "{'a':" + i + "}", Map.of("a", now), base);
      if (!exists && usage(twelve).documents() == 12) {
        HybridTimestamp last = base;
        assertRefused(() -> twelve.push(last, change), "documents");
        refusals++;
      } else {
        base = twelve.push(base, change).clock();
        assertThat(exists(twelve, key)).isEqualTo(!deletes);
      }
    }
    assertThat(refusals).isGreaterThan(10);
  }

  private static boolean exists(TestServer server, String key) {
    DocumentId id = TestServer.id(key);
    StoredDocument stored = server.store.application(TODO).find(Set.of(id)).get(id);
    return stored != null && !stored.deleted();
  }

  @Test
  void aCommitThatNobodyKnowsOfCounts() {
    AtomicBoolean silent = new AtomicBoolean();
    TestServer server =
        over(
            new FaultyBackend(
                memory(),
                (call, moment) ->
                    silent.get() && call.operation() == Operation.APPEND && moment == Moment.AFTER),
            new Quota(3, Long.MAX_VALUE));
    server.push(ZERO, created("one"));

    silent.set(true);
    assertThatThrownBy(() -> server.push(ZERO, created("two")))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.UNAVAILABLE));
    silent.set(false);

    server.push(ZERO, created("three"));
    assertRefused(() -> server.push(ZERO, created("four")), "documents");
  }

  @Test
  void whatOthersHaveDoneIsKnownAMinuteLater() {
    StoreBackend store = memory();
    TestServer here = over(store, new Quota(3, Long.MAX_VALUE));
    TestServer there = over(store, new Quota(3, Long.MAX_VALUE));
    here.push(ZERO, created("one"));
    HybridTimestamp base = there.push(ZERO, created("two"), created("three")).clock();

    here.millis += 60_000;
    there.millis += 60_000;
    assertRefused(() -> here.push(ZERO, created("four")), "documents");
    there.push(base, delete("two", T2, base));

    here.millis += 5_000;
    here.push(ZERO, created("four"));
  }

  @Test
  void theStoreIsAskedOnceForAnOwnerAndNeverWithoutAQuota() {
    List<Operation> asked = new ArrayList<>();
    StoreBackend store =
        new FaultyBackend(
            memory(),
            (call, moment) -> {
              if (moment == Moment.BEFORE) {
                asked.add(call.operation());
              }
              return false;
            });
    TestServer without = over(store, Quota.NONE);
    TestServer with = over(store, new Quota(100, 100_000));

    without.push(ZERO, created("one"));
    assertThat(asked).contains(Operation.APPEND).doesNotContain(Operation.USAGE);
    for (int i = 0; i < 20; i++) {
      with.push(ZERO, created("k" + i));
    }
    assertThat(asked).containsOnlyOnce(Operation.USAGE);
  }

  private static StoreBackend memory() {
    return new MemoryProvider().open(new StoreSettings(Map.of()));
  }

  private static TestServer over(StoreBackend store, Quota quota) {
    return new TestServer(settings(quota), CollectionDefinition.FREE_FORM, store);
  }
}
