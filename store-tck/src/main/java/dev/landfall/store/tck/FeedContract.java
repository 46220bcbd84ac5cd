package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ACME;
import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.EGGS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.NOTES;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static dev.landfall.store.tck.Cast.task;
import static dev.landfall.store.tck.Cast.tasksOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoredDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Feeds: in order, each document once, cut where asked and nowhere else. */
public interface FeedContract extends StoreSubject {
  /** More than all the bytes of a test. */
  long PLENTY = 1L << 40;

  @Test
  default void aFeedNobodyWroteToIsEmpty() {
    FeedPage page = page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS);

    assertThat(page).isEqualTo(new FeedPage(List.of(), false, HybridTimestamp.ZERO));
  }

  @Test
  default void anItemTellsWhatItsReaderNeeds() {
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    StoredDocument milk = commit.documents().get(0);

    List<FeedItem> items =
        page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS).items();

    assertThat(items)
        .containsExactly(
            new FeedItem(commit.entries().get(0), milk.revision(), false, milk.wire()));
  }

  @Test
  default void aTombstoneIsDelivered() {
    Commit commit = Draft.append(todo(), draft -> draft.delete(MILK, ALICE));

    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS).items())
        .containsExactly(
            new FeedItem(
                commit.entries().get(0),
                commit.documents().get(0).revision(),
                true,
                Bytes.utf8("gone")));
  }

  @Test
  default void theOldestComesFirst() {
    for (String key : List.of("c", "a", "b")) {
      Draft.append(
          todo(), draft -> draft.put(task(key), key, ALICE).put(task(key + "2"), "2", ALICE));
    }

    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS)))
        .containsExactly("c", "c2", "a", "a2", "b", "b2");
  }

  @Test
  default void theOrderOfEntriesWithinACommitDoesNotMatter() {
    Draft draft = Draft.after(todo().tip());
    HybridTimestamp first = draft.tick();
    HybridTimestamp second = draft.tick();
    HybridTimestamp third = draft.tick();
    draft.put(plain(MILK, second), ALICE).put(plain(BREAD, third), ALICE);
    draft.put(plain(EGGS, first), ALICE);

    todo().append(draft.commit());

    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS)))
        .containsExactly("eggs", "milk", "bread");
  }

  @Test
  default void aDocumentThatChangesMovesToTheEnd() {
    Draft.append(todo(), draft -> draft.put(MILK, "1", ALICE).put(BREAD, "1", ALICE));
    Draft.append(todo(), draft -> draft.put(MILK, "2", ALICE));

    FeedPage page = page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS);

    assertThat(keys(page)).containsExactly("bread", "milk");
    assertThat(page.items().get(1).wire()).isEqualTo(Bytes.utf8("2"));
  }

  @Test
  default void aDocumentThatChangesAThousandTimesStaysOneEntry() {
    Draft.append(todo(), draft -> draft.put(BREAD, "first", ALICE));
    for (int i = 0; i < 1_000; i++) {
      String wire = Integer.toString(i);
      Draft.append(todo(), draft -> draft.put(MILK, wire, ALICE));
    }
    Draft.append(todo(), draft -> draft.put(EGGS, "last", ALICE));

    FeedPage page = page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS);

    assertThat(keys(page)).containsExactly("bread", "milk", "eggs");
    assertThat(count(HybridTimestamp.ZERO, END_OF_TIME, ALICES_TASKS)).isEqualTo(3);
  }

  @Test
  default void aChangeMovesTheEntriesOfItsReadersOnly() {
    Draft.append(todo(), draft -> draft.put(MILK, "1", ALICE, BOB).put(BREAD, "1", ALICE, BOB));
    Draft.append(todo(), draft -> draft.put(MILK, "2", ALICE));

    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS)))
        .containsExactly("bread", "milk");
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, BOBS_TASKS)))
        .containsExactly("milk", "bread");
  }

  @Test
  default void afterIsExclusiveAndUpToInclusive() {
    Commit commit =
        Draft.append(
            todo(), draft -> draft.put(MILK, "", ALICE).put(BREAD, "", ALICE).put(EGGS, "", ALICE));
    HybridTimestamp milk = commit.entries().get(0).position();
    HybridTimestamp bread = commit.entries().get(1).position();
    HybridTimestamp eggs = commit.entries().get(2).position();

    assertThat(keys(page(milk, eggs, 10, PLENTY, ALICES_TASKS))).containsExactly("bread", "eggs");
    assertThat(keys(page(milk, bread, 10, PLENTY, ALICES_TASKS))).containsExactly("bread");
    assertThat(keys(page(bread, bread, 10, PLENTY, ALICES_TASKS))).isEmpty();
    assertThat(keys(page(eggs, bread, 10, PLENTY, ALICES_TASKS))).isEmpty();
    assertThat(keys(page(eggs, END_OF_TIME, 10, PLENTY, ALICES_TASKS))).isEmpty();
    assertThat(count(milk, eggs, ALICES_TASKS)).isEqualTo(2);
    assertThat(count(bread, bread, ALICES_TASKS)).isZero();
    assertThat(count(eggs, bread, ALICES_TASKS)).isZero();
  }

  @Test
  default void theNodeCountsInACursor() {
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    HybridTimestamp position = commit.entries().get(0).position();

    assertThat(keys(page(position.withNode("-"), END_OF_TIME, 10, PLENTY, ALICES_TASKS)))
        .containsExactly("milk");
    assertThat(keys(page(position.withNode("~"), END_OF_TIME, 10, PLENTY, ALICES_TASKS))).isEmpty();
  }

  @Test
  default void piecesOfEverySizeGiveTheWholeFeed() {
    appendCommitsOf(7, 1, 12, 3);
    List<String> whole = keys(page(HybridTimestamp.ZERO, END_OF_TIME, 1_000, PLENTY, ALICES_TASKS));
    assertThat(whole).hasSize(23).doesNotHaveDuplicates();

    for (int size = 1; size <= 24; size++) {
      assertThat(inPieces(size, ALICES_TASKS))
          .extracting(item -> item.entry().document().key().value())
          .isEqualTo(whole);
    }
  }

  @Test
  default void thereIsMoreOnlyIfSomethingIsLeft() {
    appendCommitsOf(3);

    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 2, PLENTY, ALICES_TASKS).more()).isTrue();
    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 3, PLENTY, ALICES_TASKS).more()).isFalse();
    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 2, ALICES_TASKS).more()).isTrue();
    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 3, ALICES_TASKS).more()).isFalse();
  }

  @Test
  default void whatIsAfterTheEndIsNotMore() {
    Commit commit =
        Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE).put(BREAD, "bread", ALICE));
    HybridTimestamp milk = commit.entries().get(0).position();

    assertThat(page(HybridTimestamp.ZERO, milk, 1, PLENTY, ALICES_TASKS).more()).isFalse();
  }

  @Test
  default void aPieceEndsAfterTheItemThatReachesTheBytes() {
    Draft.append(
        todo(),
        draft ->
            draft.put(MILK, "12345", ALICE).put(BREAD, "12345", ALICE).put(EGGS, "12345", ALICE));

    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 0, ALICES_TASKS))).hasSize(1);
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 1, ALICES_TASKS))).hasSize(1);
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 5, ALICES_TASKS))).hasSize(1);
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 6, ALICES_TASKS))).hasSize(2);
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 10, ALICES_TASKS))).hasSize(2);
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 11, ALICES_TASKS))).hasSize(3);
  }

  @Test
  default void entriesWithOnePositionAreNeverSeparated() {
    Draft draft = Draft.after(todo().tip());
    HybridTimestamp grant = draft.tick();
    for (String key : List.of("a", "b", "c")) {
      draft.put(plain(task(key), draft.tick()), ALICE);
      draft.enter(BOB, task(key), grant, FeedEntry.Kind.CHANGED);
    }
    draft.put(EGGS, "eggs", BOB);
    todo().append(draft.commit());

    FeedPage page = page(HybridTimestamp.ZERO, END_OF_TIME, 1, PLENTY, BOBS_TASKS);

    assertThat(keys(page)).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(page.more()).isTrue();
    assertThat(keys(page(grant, END_OF_TIME, 1, PLENTY, BOBS_TASKS))).containsExactly("eggs");
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, 0, BOBS_TASKS))).hasSize(3);
  }

  @Test
  default void severalFeedsAreMergedByPosition() {
    Draft.append(
        todo(),
        draft ->
            draft
                .put(task("1"), "", ALICE)
                .put(task("2"), "", Everybody.EVERYBODY)
                .put(task("3"), "", ACME)
                .put(task("4"), "", ALICE)
                .put(task("x"), "", BOB));
    Draft.append(todo(), draft -> draft.put(task("5"), "", ACME).put(task("2"), "", ALICE));
    Feed[] feeds = {ALICES_TASKS, tasksOf(ACME), tasksOf(Everybody.EVERYBODY)};

    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, feeds)))
        .containsExactly("1", "2", "3", "4", "5", "2");
    assertThat(count(HybridTimestamp.ZERO, END_OF_TIME, feeds)).isEqualTo(6);
  }

  @Test
  default void aDocumentInSeveralFeedsIsReturnedForEach() {
    Commit commit =
        Draft.append(
            todo(), draft -> draft.put(MILK, "milk", ALICE, BOB).put(BREAD, "bread", ALICE));

    FeedPage page = page(HybridTimestamp.ZERO, END_OF_TIME, 1, PLENTY, ALICES_TASKS, BOBS_TASKS);

    assertThat(page.items())
        .extracting(FeedItem::entry)
        .containsExactlyInAnyOrder(commit.entries().get(0), commit.entries().get(1));
    assertThat(page.more()).isTrue();
    assertThat(count(HybridTimestamp.ZERO, END_OF_TIME, ALICES_TASKS, BOBS_TASKS)).isEqualTo(3);
  }

  @Test
  default void severalFeedsInPiecesGiveAllOfThem() {
    for (int i = 0; i < 40; i++) {
      String key = Integer.toString(i);
      switch (i % 4) {
        case 0 -> Draft.append(todo(), draft -> draft.put(task(key), "", ALICE));
        case 1 -> Draft.append(todo(), draft -> draft.put(task(key), "", ALICE, BOB));
        case 2 -> Draft.append(todo(), draft -> draft.put(task(key), "", ACME));
        default -> Draft.append(todo(), draft -> draft.put(task(key), "", ALICE, BOB, ACME));
      }
    }
    Feed[] feeds = {ALICES_TASKS, BOBS_TASKS, tasksOf(ACME), new Feed(ALICE, NOTES)};
    FeedPage whole = page(HybridTimestamp.ZERO, END_OF_TIME, 1_000, PLENTY, feeds);
    assertThat(whole.items()).hasSize(70);

    for (int size = 1; size <= 71; size++) {
      assertThat(inPieces(size, feeds)).containsExactlyInAnyOrderElementsOf(whole.items());
    }
  }

  @Test
  default void collectionsAreFeedsApart() {
    Draft.append(
        todo(), draft -> draft.put(MILK, "", ALICE).put(document(ALICE, NOTES, "milk"), "", ALICE));

    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS).items())
        .extracting(item -> item.entry().document().collection())
        .containsExactly(TASKS);
    assertThat(count(HybridTimestamp.ZERO, END_OF_TIME, ALICES_TASKS)).isEqualTo(1);
    assertThat(count(HybridTimestamp.ZERO, END_OF_TIME, ALICES_TASKS, new Feed(ALICE, NOTES)))
        .isEqualTo(2);
  }

  @Test
  default void aRevocationTellsNothingOfTheContent() {
    Commit grant = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    StoredDocument milk = grant.documents().get(0);
    Commit revocation = Draft.append(todo(), draft -> draft.revoke(milk, BOB));

    FeedPage bobs = page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, BOBS_TASKS);
    FeedPage alices = page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS);

    assertThat(bobs.items())
        .containsExactly(
            new FeedItem(revocation.entries().get(0), milk.revision(), false, Bytes.EMPTY));
    assertThat(alices.items())
        .containsExactly(new FeedItem(grant.entries().get(0), milk.revision(), false, milk.wire()));
  }

  @Test
  default void aGrantEntersAnOldDocumentAtTheEnd() {
    Commit old = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    Draft.append(todo(), draft -> draft.put(BREAD, "bread", ALICE, BOB));
    StoredDocument milk = old.documents().get(0);
    Draft.append(
        todo(),
        draft -> {
          draft.put(milk);
          draft.enter(BOB, MILK, draft.tick(), FeedEntry.Kind.CHANGED);
        });

    FeedPage bobs = page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, BOBS_TASKS);

    assertThat(keys(bobs)).containsExactly("bread", "milk");
    assertThat(bobs.items().get(1).revision()).isEqualTo(milk.revision());
    assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, ALICES_TASKS)))
        .containsExactly("milk", "bread");
  }

  @Test
  default void aRevokedReaderWhoIsLetInAgainHasOneEntry() {
    Commit first = Draft.append(todo(), draft -> draft.put(MILK, "1", ALICE, BOB));
    Draft.append(todo(), draft -> draft.revoke(first.documents().get(0), BOB));
    Draft.append(todo(), draft -> draft.put(MILK, "2", ALICE, BOB));

    assertThat(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, BOBS_TASKS).items())
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.entry().kind()).isEqualTo(FeedEntry.Kind.CHANGED);
              assertThat(item.wire()).isEqualTo(Bytes.utf8("2"));
            });
  }

  @Test
  default void theCountIsTheLengthOfTheFeed() {
    Commit first = Draft.append(todo(), draft -> draft.put(MILK, "", ALICE, BOB));
    appendCommitsOf(5, 9, 2);
    Draft.append(todo(), draft -> draft.revoke(first.documents().get(0), BOB));
    Draft.append(todo(), draft -> draft.delete(task("1"), ALICE, BOB));
    Feed[] feeds = {ALICES_TASKS, BOBS_TASKS};
    List<FeedItem> items = page(HybridTimestamp.ZERO, END_OF_TIME, 1_000, PLENTY, feeds).items();
    assertThat(items).hasSize(19);

    for (FeedItem from : items) {
      for (FeedItem to : items) {
        HybridTimestamp after = from.entry().position();
        HybridTimestamp upTo = to.entry().position();
        assertThat(count(after, upTo, feeds))
            .isEqualTo(page(after, upTo, 1_000, PLENTY, feeds).items().size());
      }
    }
  }

  @Test
  default void aDocumentWithAThousandReadersReachesThemAll() {
    UserId[] readers = new UserId[1_000];
    Arrays.setAll(readers, i -> new UserId("reader-" + i));
    Draft.append(todo(), draft -> draft.put(MILK, "1", readers));
    Draft.append(todo(), draft -> draft.put(MILK, "2", readers));

    for (UserId reader : readers) {
      assertThat(keys(page(HybridTimestamp.ZERO, END_OF_TIME, 10, PLENTY, tasksOf(reader))))
          .containsExactly("milk");
    }
  }

  /** Commits with that many documents each, one byte long. */
  private void appendCommitsOf(int... sizes) {
    int[] key = {0};
    for (int size : sizes) {
      Draft.append(
          todo(),
          draft -> {
            for (int i = 0; i < size; i++) {
              draft.put(task(Integer.toString(key[0]++)), "x", ALICE);
            }
          });
    }
  }

  /**
   * All of the feeds, read in pieces of {@code size} items or, where positions are shared, somewhat
   * more.
   */
  private List<FeedItem> inPieces(int size, Feed... feeds) {
    List<FeedItem> read = new ArrayList<>();
    HybridTimestamp after = HybridTimestamp.ZERO;
    while (true) {
      FeedPage page = page(after, END_OF_TIME, size, PLENTY, feeds);
      assertThat(page.items()).isNotEmpty();
      assertThat(page.items().get(0).entry().position()).isGreaterThan(after);
      if (feeds.length == 1) {
        assertThat(page.items()).hasSizeLessThanOrEqualTo(size);
      }
      read.addAll(page.items());
      after = last(page);
      if (!page.more()) {
        return read;
      }
    }
  }

  private FeedPage page(
      HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes, Feed... feeds) {
    return todo().feed(Set.of(feeds), after, upTo, maxItems, maxBytes);
  }

  private long count(HybridTimestamp after, HybridTimestamp upTo, Feed... feeds) {
    return todo().count(Set.of(feeds), after, upTo);
  }

  private static HybridTimestamp last(FeedPage page) {
    return page.items().get(page.items().size() - 1).entry().position();
  }

  private static List<String> keys(FeedPage page) {
    return page.items().stream().map(item -> item.entry().document().key().value()).toList();
  }

  private static StoredDocument plain(DocumentId id, HybridTimestamp revision) {
    return new StoredDocument(id, revision, false, Bytes.utf8("x"), Bytes.EMPTY, Bytes.EMPTY);
  }
}
