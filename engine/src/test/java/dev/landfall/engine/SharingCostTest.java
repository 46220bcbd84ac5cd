package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Principal;
import dev.landfall.api.Register;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.memory.MemoryBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What sharing costs, counted in calls of the store and in what goes through them. */
class SharingCostTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1, "phone");
  private static final UserId CAROL = new UserId("carol");
  private static final int MANY = 100_000;
  private static final int BATCH = 1_000;

  private final CountingStore store = new CountingStore();
  private final Sharer node = new Sharer(store, 1, () -> TestServer.START);

  /** Counts calls, what is read by them, and the feed entries that are written. */
  private static final class CountingStore implements StoreBackend {
    private final MemoryBackend store = new MemoryBackend(1L << 31);
    private int calls;
    private int read;
    private final List<FeedEntry> entries = new ArrayList<>();

    record Cost(int calls, int read, List<FeedEntry> entries) {}

    /** What {@code work} costs. */
    Cost of(Runnable work) {
      calls = 0;
      read = 0;
      entries.clear();
      work.run();
      return new Cost(calls, read, List.copyOf(entries));
    }

    @Override
    public ApplicationStore application(ApplicationName name) {
      ApplicationStore counted = store.application(name);
      return (ApplicationStore)
          Proxy.newProxyInstance(
              ApplicationStore.class.getClassLoader(),
              new Class<?>[] {ApplicationStore.class},
              (proxy, method, arguments) -> {
                try {
                  Object answer = method.invoke(counted, arguments);
                  count(arguments == null ? null : arguments[0], answer);
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private void count(Object argument, Object answer) {
      calls++;
      if (argument instanceof Commit commit) {
        entries.addAll(commit.entries());
      }
      if (answer instanceof FeedPage page) {
        read += page.items().size();
      } else if (answer instanceof Map<?, ?> map) {
        read += map.size();
      } else if (answer instanceof Collection<?> collection) {
        read += collection.size();
      }
    }

    @Override
    public Set<ApplicationName> applications() {
      return store.applications();
    }

    @Override
    public Directory directory() {
      return store.directory();
    }

    @Override
    public void check() {
      store.check();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /** Documents of Alice's, each shared with one of a hundred others. */
  private void shareAmongOthers() {
    ApplicationStore raw = store.store.application(TODO);
    node.sync(ALICE, ZERO, edit("template", "{'a':1}", Map.of("a", T1), ZERO));
    StoredDocument template =
        raw.find(Set.of(TestServer.id("template"))).get(TestServer.id("template"));
    for (int batch = 0; batch < MANY / BATCH; batch++) {
      List<StoredDocument> documents = new ArrayList<>(BATCH);
      List<FeedEntry> entries = new ArrayList<>(2 * BATCH);
      Tip tip = raw.tip();
      HybridTimestamp clock = tip.clock();
      Feed reader = new Feed(new UserId("reader-" + batch), TASKS);
      for (int i = 0; i < BATCH; i++) {
        clock = new HybridTimestamp(clock.millis() + 1, 0, clock.node());
        DocumentId id = new DocumentId(ALICE, TASKS, new DocumentKey(batch + "-" + i));
        documents.add(
            new StoredDocument(
                id, clock, false, template.wire(), template.record(), template.history()));
        for (Feed feed : List.of(new Feed(ALICE, TASKS), reader)) {
          entries.add(new FeedEntry(feed, clock, id, FeedEntry.Kind.CHANGED));
        }
      }
      raw.append(
          new Commit(tip.number() + 1, clock, "others", "token" + batch, documents, entries));
    }
  }

  @Test
  void whatOthersShareAmongThemselvesCostsNobodyElseAnything() {
    node.sync(BOB, ZERO, edit("mine", "{'a':1}", Map.of("a", T1), ZERO));
    HybridTimestamp before = node.sync(BOB, ZERO).clock();
    var empty = store.of(() -> node.sync(BOB, before));
    node.sync(BOB, before, change(before)); // now the node knows the collection
    var push = store.of(() -> node.sync(BOB, before, change(before)));

    shareAmongOthers();
    Change another = edit("another", "{'a':1}", Map.of("a", T1), ZERO);
    HybridTimestamp after = node.sync(BOB, before, another).clock();

    assertThat(store.of(() -> node.sync(BOB, after))).isEqualTo(empty);
    var pushedAfter = store.of(() -> node.sync(BOB, after, change(after)));
    assertThat(pushedAfter.calls()).isEqualTo(push.calls());
    assertThat(pushedAfter.read()).isEqualTo(push.read());
    assertThat(empty.read()).isZero();
  }

  /** The same document again, as existing clients send it each time. */
  private static Change change(HybridTimestamp base) {
    return edit("mine", "{'a':1}", Map.of("a", T1), base);
  }

  @Test
  void aGrantIsOneEntryForWhoGetsItAndOneInTheRegisterAndNoneForAnybodyElse() {
    shareAmongOthers();
    node.share(ALICE, ALICE, "template", Sharer.with(CAROL, false));

    var grant = store.of(() -> node.share(ALICE, ALICE, "template", Sharer.with(BOB, false)));
    var revoke = store.of(() -> node.share(ALICE, ALICE, "template", Sharer.without(BOB)));

    assertThat(readers(grant)).containsExactly(BOB);
    assertThat(grant.entries()).hasSize(2);
    assertThat(revoke.entries()).hasSize(2);
    assertThat(readers(revoke)).containsExactly(BOB);
    assertThat(revoke.entries().get(0).kind()).isEqualTo(FeedEntry.Kind.REVOKED);
    assertThat(grant.read()).isLessThanOrEqualTo(2);
  }

  @Test
  void aPublicDocumentIsOneEntryForEverybody() {
    node.sync(ALICE, ZERO, edit("plan", "{'a':1}", Map.of("a", T1), ZERO));
    for (int i = 0; i < 50; i++) {
      node.sync(new UserId("user-" + i), ZERO);
    }

    var published =
        store.of(
            () ->
                node.share(
                    ALICE,
                    ALICE,
                    "plan",
                    sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty())));
    HybridTimestamp base = node.sync(ALICE, ZERO).clock();
    HybridTimestamp later = at(2, "phone");
    var changed =
        store.of(() -> node.sync(ALICE, base, edit("plan", "{'a':2}", Map.of("a", later), base)));

    assertThat(readers(published)).containsExactly(Everybody.EVERYBODY);
    assertThat(published.entries()).hasSize(2);
    assertThat(readers(changed)).containsExactlyInAnyOrder(ALICE, Everybody.EVERYBODY);
  }

  /** Time tells nothing either, then: no call of the store is made or left out. */
  @Test
  void whatOneMayNotSeeIsAnsweredByTheSameCallsAsWhatIsNotThere() {
    HybridTimestamp base =
        node.sync(ALICE, ZERO, edit("secret", "{'a':1}", Map.of("a", T1), ZERO)).clock();
    node.sync(BOB, ZERO, edit("mine", "{'a':1}", Map.of("a", T1), ZERO));
    HybridTimestamp commit = node.sync(ALICE, ZERO).revision("secret");
    List<BiConsumer<SyncEngine, DocumentId>> requests =
        List.of(
            (engine, id) -> engine.history(TODO, BOB, BOB, id, Optional.empty(), 10),
            (engine, id) -> engine.restore(TODO, BOB, BOB, id, commit),
            (engine, id) -> engine.share(TODO, BOB, BOB, id, sharing -> sharing));

    for (BiConsumer<SyncEngine, DocumentId> request : requests) {
      Refusal hidden = refusal(request, TestServer.id("secret"));
      Refusal missing = refusal(request, TestServer.id("nothing"));

      assertThat(hidden).isEqualTo(missing);
      assertThat(hidden.problem()).isEqualTo(SyncProblem.NOT_FOUND);
    }
    writtenInto("anything", base); // now the node knows the collection
    assertThat(writtenInto("secret", base).calls()).isEqualTo(writtenInto("nothing", base).calls());
    assertThat(indexed("secret")).isEqualTo(indexed("nothing"));
  }

  private record Refusal(Problem problem, String text, int calls) {}

  private Refusal refusal(BiConsumer<SyncEngine, DocumentId> request, DocumentId id) {
    AtomicReference<SyncException> refused = new AtomicReference<>();
    var cost =
        store.of(
            () ->
                refused.set(
                    catchThrowableOfType(
                        SyncException.class, () -> request.accept(node.engine(), id))));
    return new Refusal(refused.get().problem(), refused.get().text(), cost.calls());
  }

  /** A push of Bob's that names Alice as the owner. */
  private CountingStore.Cost writtenInto(String key, HybridTimestamp base) {
    HybridTimestamp later = at(5, "phone");
    Change change = Sharer.of(ALICE, edit(key, "{'a':2}", Map.of("a", later), base));
    return store.of(() -> assertThat(node.sync(BOB, base, change).rejections()).hasSize(1));
  }

  private CountingStore.Cost indexed(String key) {
    return store.of(
        () ->
            assertThat(node.engine().indexed(TODO, BOB, new DocumentKey(key), Optional.empty()))
                .isEmpty());
  }

  private static List<Principal> readers(CountingStore.Cost cost) {
    return cost.entries().stream()
        .map(entry -> entry.feed().reader())
        .filter(reader -> !(reader instanceof Register))
        .toList();
  }
}
