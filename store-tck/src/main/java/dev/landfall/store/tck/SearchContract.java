package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.CAROL;
import static dev.landfall.store.tck.Cast.EGGS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.NOTES;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static dev.landfall.store.tck.Cast.task;
import static dev.landfall.store.tck.Cast.tasksOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Documents found by their terms, in the feeds in which they stand. */
public interface SearchContract extends StoreSubject {
  @Test
  default void nothingIsFoundInAnEmptyStore() {
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), one("a"), 10)).contains(List.of());
  }

  @Test
  default void aDocumentIsFoundByEachOfItsTerms() {
    Commit commit =
        Draft.append(
            todo(),
            draft ->
                draft
                    .put(MILK, terms("buy", "fat", "milk"), ALICE)
                    .put(BREAD, terms("bread", "buy"), ALICE)
                    .put(EGGS, "not to be found", ALICE));

    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), one("milk"), 10))
        .contains(List.of(commit.entries().get(0)));
    assertThat(find(one("buy"), ALICES_TASKS)).containsExactly(MILK, BREAD);
    assertThat(find(one("mil"), ALICES_TASKS)).isEmpty();
    assertThat(find(one("milks"), ALICES_TASKS)).isEmpty();
    assertThat(find(one("MILK"), ALICES_TASKS)).isEmpty();
    assertThat(find(one("w"), ALICES_TASKS)).isEmpty();
  }

  @Test
  default void termsAreStoredWithTheDocument() {
    Commit commit =
        Draft.append(
            todo(),
            draft ->
                draft
                    .put(MILK, terms("!", "\"quoted\"", "\\", "a\\\"b", "{$gt:1}", "~"), ALICE)
                    .put(BREAD, terms("x".repeat(Terms.MAX_LENGTH)), ALICE)
                    .put(EGGS, "none", ALICE));

    assertThat(todo().find(Set.of(MILK, BREAD, EGGS)).values())
        .containsExactlyInAnyOrderElementsOf(commit.documents());
    for (StoredDocument document : commit.documents()) {
      for (String term : document.terms().values()) {
        assertThat(find(one(term), ALICES_TASKS)).containsExactly(document.id());
      }
    }
  }

  @Test
  default void aRangeHoldsItsBeginningAndNotItsEnd() {
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, terms("n:10"), ALICE)
                .put(BREAD, terms("n:15"), ALICE)
                .put(EGGS, terms("n:20"), ALICE)
                .put(task("other"), terms("m:15", "o:15"), ALICE));

    assertThat(find(range("n:10", "n:20"), ALICES_TASKS)).containsExactly(MILK, BREAD);
    assertThat(find(range("n:11", "n:20"), ALICES_TASKS)).containsExactly(BREAD);
    assertThat(find(range("n:10", "n:20!"), ALICES_TASKS)).containsExactly(MILK, BREAD, EGGS);
    assertThat(find(range("n:1", "n:10"), ALICES_TASKS)).isEmpty();
    assertThat(find(range("n:2", "n:3"), ALICES_TASKS)).containsExactly(EGGS);
    assertThat(find(range("n:10", "n:15 "), ALICES_TASKS)).containsExactly(MILK, BREAD);
    assertThat(find(range("n:10 ", "n:20 "), ALICES_TASKS)).containsExactly(BREAD, EGGS);
  }

  @Test
  default void piecesAreInOrderAndShowEachEntryOnce() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 60; i++) {
            draft.put(task("k" + i), terms("a", "b" + i % 7, "c" + i % 2), ALICE);
          }
        });
    for (int i = 0; i < 60; i += 3) {
      int moved = i * 7 % 60;
      Draft.append(
          todo(), draft -> draft.put(task("k" + moved), terms("a", "b" + moved % 7, "c"), ALICE));
    }
    Feed alices = ALICES_TASKS;
    for (TermQuery query :
        List.of(
            one("a"),
            prefix("b"),
            all(List.of(of("a")), List.of(starting("c"))),
            all(List.of(of("a")), List.of(of("b3"), of("b5"))),
            all(List.of(of("a")), List.of(of("c1")), List.of(of("b2"))),
            all(List.of(starting("b")), List.of(starting("c"))))) {
      List<FeedEntry> whole =
          StoreSubject.search(todo(), Set.of(alices), query, 1_000).orElseThrow();
      for (int limit : new int[] {1, 7, 25}) {
        List<FeedEntry> found = new ArrayList<>();
        HybridTimestamp after = HybridTimestamp.ZERO;
        FoundPage page;
        do {
          page = todo().search(Set.of(alices), query, after, END_OF_TIME, limit).orElseThrow();
          assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
          found.addAll(page.entries());
          after = page.last();
        } while (page.more());
        assertThat(found).as("%d of %s", limit, query).isEqualTo(whole);
      }
      HybridTimestamp middle = whole.get(whole.size() / 2).position();
      assertThat(
              todo()
                  .search(Set.of(alices), query, whole.get(0).position(), middle, 1_000)
                  .orElseThrow()
                  .entries())
          .isEqualTo(whole.subList(1, whole.size() / 2 + 1));
    }
  }

  @Test
  default void aRangeIsDividedIntoPartsThatTogetherHoldEverythingOnce() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 50; i++) {
            draft.put(task("k" + i), terms("n" + (10 + i), "m"), i % 5 == 0 ? BOB : ALICE);
          }
          draft.put(task("twin"), terms("n30", "m"), ALICE);
        });
    Set<Feed> feeds = Set.of(ALICES_TASKS, BOBS_TASKS);
    TermRange whole = starting("n");

    for (boolean backwards : new boolean[] {false, true}) {
      List<DocumentId> found = new ArrayList<>();
      TermRange rest = whole;
      for (boolean more = true; more; ) {
        String end = todo().divide(feeds, rest, backwards, 10).orElse("");
        more = !end.isEmpty();
        TermRange part =
            !more
                ? rest
                : backwards ? new TermRange(end, rest.to()) : new TermRange(rest.from(), end + " ");
        List<FeedEntry> entries =
            StoreSubject.search(todo(), feeds, all(List.of(part)), 1_000).orElseThrow();
        assertThat(entries).hasSizeBetween(1, 30);
        entries.forEach(entry -> found.add(entry.document()));
        if (more) {
          rest = backwards ? new TermRange(rest.from(), end) : new TermRange(end + " ", rest.to());
        }
      }
      assertThat(found).hasSize(51).doesNotHaveDuplicates();
    }
    assertThat(todo().divide(feeds, starting("x"), false, 1)).isEmpty();
  }

  @Test
  default void aTermThatManyHaveIsAPlaceToDivideAt() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 60; i++) {
            draft.put(task("k" + i), terms(i < 3 ? "a" : "b"), ALICE);
          }
        });

    for (boolean backwards : new boolean[] {false, true}) {
      assertThat(todo().divide(Set.of(ALICES_TASKS), starting(""), backwards, 10)).contains("b");
      assertThat(todo().divide(Set.of(ALICES_TASKS), of("b"), backwards, 10)).contains("b");
      assertThat(todo().divide(Set.of(ALICES_TASKS), of("b"), backwards, 60)).isEmpty();
      assertThat(todo().divide(Set.of(ALICES_TASKS), of("a"), backwards, 10)).isEmpty();
    }
  }

  @Test
  default void documentsAreFoundInTheOrderOfOwnersAndKeysToo() {
    List<String> keys = List.of("k10", "k9", "\uff5e", "\ud83d\ude00", "a\"b", "\\", "z", "Z", "%");
    List<FeedEntry> expected = new ArrayList<>();
    Commit commit =
        Draft.append(
            todo(),
            draft -> {
              for (String key : keys) {
                draft.put(task(key), terms("a", "b"), ALICE);
                draft.put(document(BOB, TASKS, key), terms("a", "b"), BOB, ALICE);
                draft.put(document(new UserId("a"), TASKS, key), terms("a"), ALICE, CAROL);
                draft.put(task("not" + key), terms("b"), ALICE);
              }
            });
    StoredDocument lost =
        StoreSubject.stored(todo(), document(BOB, TASKS, "z")); // and not by the others
    Commit revoked = Draft.append(todo(), draft -> draft.revoke(lost, ALICE));
    Set<Feed> feeds = Set.of(ALICES_TASKS, tasksOf(CAROL));
    for (FeedEntry entry : commit.entries()) {
      boolean isLost =
          entry.document().equals(lost.id())
              && entry.feed().equals(revoked.entries().get(0).feed());
      if (feeds.contains(entry.feed())
          && !isLost
          && !entry.document().key().value().startsWith("not")) {
        expected.add(entry);
      }
    }
    Comparator<FeedEntry> order =
        Comparator.comparing(FeedEntry::document, DocumentId.BY_OWNER_AND_KEY);

    for (int limit : new int[] {1, 4, 1_000}) {
      List<FeedEntry> found = new ArrayList<>();
      java.util.Optional<DocumentId> after = java.util.Optional.empty();
      List<FeedEntry> page;
      do {
        page = todo().searchByKey(feeds, one("a"), after, limit).orElseThrow();
        found.addAll(page);
        after = page.stream().map(FeedEntry::document).reduce((one, next) -> next);
      } while (!page.isEmpty());
      assertThat(found).as("" + limit).isSortedAccordingTo(order);
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(
            todo()
                .searchByKey(
                    Set.of(ALICES_TASKS),
                    all(List.of(of("a")), List.of(starting("b"))),
                    java.util.Optional.of(task("k9")),
                    2)
                .orElseThrow())
        .extracting(entry -> entry.document())
        .containsExactly(task("z"), task("\uff5e"));
  }

  @Test
  default void twoTermsOnDifferentSidesOfARangeAreNotInIt() {
    Draft.append(
        todo(), draft -> draft.put(MILK, terms("a", "z"), ALICE).put(BREAD, terms("k"), ALICE));

    assertThat(find(range("b", "y"), ALICES_TASKS)).containsExactly(BREAD);
  }

  @Test
  default void aPrefixHoldsItselfAndWhatBeginsWithIt() {
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, terms("milk"), ALICE)
                .put(BREAD, terms("milky", "milk~~", "milk!"), ALICE)
                .put(EGGS, terms("mil", "milj", "mill", "Milk"), ALICE));

    assertThat(find(prefix("milk"), ALICES_TASKS)).containsExactly(MILK, BREAD);
    assertThat(find(one("milk"), ALICES_TASKS)).containsExactly(MILK);
    assertThat(find(prefix("mil"), ALICES_TASKS)).containsExactly(MILK, BREAD, EGGS);
  }

  @Test
  default void everyElementIsAskedForAndOneRangeOfEachIsEnough() {
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, terms("a", "b1", "c"), ALICE)
                .put(BREAD, terms("a", "b2"), ALICE)
                .put(EGGS, terms("b1", "c"), ALICE));

    assertThat(find(all(List.of(of("a")), List.of(of("c"))), ALICES_TASKS)).containsExactly(MILK);
    assertThat(find(all(List.of(of("a")), List.of(starting("b"))), ALICES_TASKS))
        .containsExactly(MILK, BREAD);
    assertThat(find(all(List.of(of("c"), of("b2"))), ALICES_TASKS))
        .containsExactly(MILK, BREAD, EGGS);
    assertThat(
            find(
                all(
                    List.of(of("a"), of("x")),
                    List.of(new TermRange("b1", "b2"), starting("y")),
                    List.of(starting("c"))),
                ALICES_TASKS))
        .containsExactly(MILK);
    assertThat(find(all(List.of(of("a")), List.of(of("x"))), ALICES_TASKS)).isEmpty();
    assertThat(find(all(List.of(of("a")), List.of(of("a"))), ALICES_TASKS))
        .containsExactly(MILK, BREAD);
  }

  @Test
  default void aDocumentIsFoundOnceInEachFeedHoweverManyTermsAreAskedFor() {
    Commit commit =
        Draft.append(
            todo(),
            draft ->
                draft.put(MILK, terms("a1", "a2", "a3"), ALICE, BOB).put(BREAD, terms("a2"), BOB));

    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS, BOBS_TASKS), prefix("a"), 10))
        .hasValueSatisfying(
            found -> assertThat(found).containsExactlyInAnyOrderElementsOf(commit.entries()));
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS, BOBS_TASKS), prefix("a"), 3))
        .isPresent();
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS, BOBS_TASKS), prefix("a"), 2))
        .isEmpty();
  }

  @Test
  default void theOldestIsFirst() {
    Draft.append(todo(), draft -> draft.put(MILK, terms("a"), ALICE).put(EGGS, terms("b"), BOB));
    Draft.append(todo(), draft -> draft.put(BREAD, terms("c"), ALICE));
    assertThat(find(prefix(""), ALICES_TASKS, BOBS_TASKS)).containsExactly(MILK, EGGS, BREAD);

    Draft.append(todo(), draft -> draft.put(MILK, terms("z"), ALICE));

    assertThat(find(prefix(""), ALICES_TASKS, BOBS_TASKS)).containsExactly(EGGS, BREAD, MILK);
  }

  @Test
  default void aChangedDocumentIsFoundByWhatItIsNow() {
    Draft.append(todo(), draft -> draft.put(MILK, terms("a", "b", "c"), ALICE, BOB));
    find(one("a"), ALICES_TASKS);

    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, terms("b", "d"), ALICE, BOB));

    assertThat(find(one("a"), ALICES_TASKS, BOBS_TASKS)).isEmpty();
    assertThat(find(one("c"), ALICES_TASKS, BOBS_TASKS)).isEmpty();
    assertThat(StoreSubject.search(todo(), Set.of(BOBS_TASKS), one("b"), 10))
        .contains(List.of(commit.entries().get(1)));
    assertThat(find(one("d"), ALICES_TASKS)).containsExactly(MILK);
  }

  @Test
  default void aTombstoneIsNotFoundAndWhatComesAfterItIs() {
    Draft.append(todo(), draft -> draft.put(MILK, terms("a"), ALICE, BOB));
    Draft.append(todo(), draft -> draft.delete(MILK, ALICE, BOB));
    assertThat(find(prefix(""), ALICES_TASKS, BOBS_TASKS)).isEmpty();

    Draft.append(todo(), draft -> draft.put(MILK, terms("a"), ALICE));

    assertThat(find(one("a"), ALICES_TASKS)).containsExactly(MILK);
  }

  @Test
  default void whatWasRevokedIsNotFoundUntilItIsGrantedAgain() {
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, terms("a"), ALICE, BOB, CAROL));
    StoredDocument milk = commit.documents().get(0);
    find(one("a"), BOBS_TASKS);

    Draft.append(todo(), draft -> draft.revoke(milk, BOB));

    assertThat(find(one("a"), BOBS_TASKS)).isEmpty();
    assertThat(find(one("a"), ALICES_TASKS)).containsExactly(MILK);
    assertThat(find(one("a"), tasksOf(CAROL))).containsExactly(MILK);

    Commit grant = Draft.append(todo(), draft -> grant(draft, milk, BOB));

    assertThat(StoreSubject.search(todo(), Set.of(BOBS_TASKS), one("a"), 10))
        .contains(grant.entries());
  }

  @Test
  default void whatIsGrantedIsFoundByTheNewReaderToo() {
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, terms("a", "b"), ALICE));
    assertThat(find(one("a"), BOBS_TASKS)).isEmpty();

    Commit grant = Draft.append(todo(), draft -> grant(draft, commit.documents().get(0), BOB));

    assertThat(StoreSubject.search(todo(), Set.of(BOBS_TASKS), one("b"), 10))
        .contains(grant.entries());
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), one("b"), 10))
        .contains(commit.entries());
  }

  @Test
  default void aRevokedDocumentThatChangesIsNotFoundByItsOldReader() {
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, terms("a"), ALICE, BOB));
    Draft.append(todo(), draft -> draft.revoke(commit.documents().get(0), BOB));

    Draft.append(todo(), draft -> draft.put(MILK, terms("a", "c"), ALICE));

    assertThat(find(prefix(""), BOBS_TASKS)).isEmpty();
    assertThat(find(one("c"), ALICES_TASKS)).containsExactly(MILK);
  }

  @Test
  default void whatIsForgottenIsNotFound() {
    Commit commit =
        Draft.append(
            todo(), draft -> draft.put(MILK, terms("a"), ALICE, BOB).put(BREAD, terms("a"), BOB));
    Draft.append(todo(), draft -> draft.revoke(commit.documents().get(0), BOB));
    Draft.append(todo(), draft -> draft.delete(BREAD, BOB));
    assertThat(todo().purge(END_OF_TIME, 10)).isEqualTo(2);

    assertThat(find(prefix(""), BOBS_TASKS)).isEmpty();
    assertThat(find(one("a"), ALICES_TASKS)).containsExactly(MILK);

    Draft.append(todo(), draft -> draft.put(BREAD, terms("a", "b"), BOB));
    assertThat(find(one("a"), BOBS_TASKS)).containsExactly(BREAD);
  }

  @Test
  default void newTermsWithoutEntriesTakeEffectWhereverTheDocumentStands() {
    Commit commit =
        Draft.append(
            todo(),
            draft ->
                draft.put(MILK, terms("old", "both"), ALICE, BOB, CAROL).put(BREAD, "x", ALICE));
    StoredDocument milk = commit.documents().get(0);
    Draft.append(todo(), draft -> draft.revoke(milk, CAROL));
    find(one("old"), ALICES_TASKS);

    Draft.append(
        todo(),
        draft ->
            draft.index(milk, terms("both", "new")).index(commit.documents().get(1), terms("new")));

    assertThat(find(one("old"), ALICES_TASKS, BOBS_TASKS)).isEmpty();
    assertThat(find(one("new"), ALICES_TASKS)).containsExactly(MILK, BREAD);
    assertThat(StoreSubject.search(todo(), Set.of(BOBS_TASKS), one("new"), 10))
        .contains(List.of(commit.entries().get(1)));
    assertThat(find(one("both"), BOBS_TASKS)).containsExactly(MILK);
    assertThat(find(prefix(""), tasksOf(CAROL))).isEmpty();
    assertThat(StoreSubject.stored(todo(), MILK).terms()).isEqualTo(terms("both", "new"));
    assertThat(StoreSubject.stored(todo(), MILK).revision()).isEqualTo(milk.revision());
    assertThat(todo().feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99).items())
        .hasSize(2);

    Draft.append(todo(), draft -> draft.index(milk, Terms.NONE));
    assertThat(find(prefix(""), ALICES_TASKS)).containsExactly(BREAD);
    Draft.append(todo(), draft -> draft.put(MILK, terms("last"), ALICE, BOB));
    assertThat(find(one("last"), BOBS_TASKS)).containsExactly(MILK);
  }

  @Test
  default void onlyTheFeedsThatAreAskedAreSearched() {
    ApplicationStore other = backend().application(new ApplicationName("other"));
    Draft.append(other, draft -> draft.put(EGGS, terms("a"), ALICE));
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, terms("a"), ALICE)
                .put(document(BOB, TASKS, "milk"), terms("a"), BOB)
                .put(document(ALICE, NOTES, "n"), terms("a"), ALICE)
                .put(document(ALICE, new CollectionName("Tasks"), "n"), terms("a"), ALICE)
                .put(document(new UserId("Alice"), TASKS, "n"), terms("a"), new UserId("Alice")));

    assertThat(find(one("a"), ALICES_TASKS)).containsExactly(MILK);
    assertThat(find(one("a"), tasksOf(CAROL))).isEmpty();
    assertThat(find(one("a"), BOBS_TASKS, tasksOf(CAROL)))
        .containsExactly(document(BOB, TASKS, "milk"));
  }

  @Test
  default void documentsWithAwkwardNamesAreFound() {
    List<DocumentId> ids = new ArrayList<>();
    for (String name : AwkwardNameContract.NAMES) {
      ids.add(task(name));
    }
    Draft.append(
        todo(),
        draft -> {
          ids.forEach(id -> draft.put(id, terms("a", "b"), ALICE));
          for (Owner owner : AwkwardNameContract.OWNERS) {
            draft.put(document(owner, NOTES, "k"), terms("a", "b"), owner);
          }
        });

    TermQuery query = all(List.of(of("a")), List.of(of("b")));
    assertThat(find(query, ALICES_TASKS)).containsExactlyElementsOf(ids);
    for (Owner owner : AwkwardNameContract.OWNERS) {
      assertThat(find(query, new Feed(owner, NOTES))).containsExactly(document(owner, NOTES, "k"));
    }
  }

  @Test
  default void aSearchSeesACommitWholeAndNoDocumentAtNeitherPlace() {
    List<DocumentId> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(task("k" + i));
    }
    Draft.append(todo(), draft -> ids.forEach(id -> draft.put(id, terms("v0", "x"), ALICE, BOB)));
    AtomicBoolean writing = new AtomicBoolean(true);

    Crowd.of(4)
        .each(
            number -> {
              if (number == 0) {
                for (int i = 0; i < 60; i++) {
                  Terms next = terms("v" + (i + 1) % 3, "x");
                  if (i % 2 == 0) {
                    Draft.append(
                        todo(), draft -> ids.forEach(id -> draft.put(id, next, ALICE, BOB)));
                  } else {
                    Map<DocumentId, StoredDocument> stored = todo().find(Set.copyOf(ids));
                    Draft.append(
                        todo(), draft -> stored.values().forEach(old -> draft.index(old, next)));
                  }
                }
                writing.set(false);
                return;
              }
              boolean last = false;
              while (!last) {
                last = !writing.get();
                assertThat(find(prefix("v"), ALICES_TASKS)).hasSize(10);
                assertThat(find(one("x"), ALICES_TASKS, BOBS_TASKS)).hasSize(20);
                assertThat(find(all(List.of(of("x")), List.of(starting("v"))), BOBS_TASKS))
                    .hasSize(10);
                assertThat(find(one("v0"), ALICES_TASKS).size()).isIn(0, 10);
                assertThat(find(all(List.of(of("v0"), of("v1"))), ALICES_TASKS, BOBS_TASKS).size())
                    .isIn(0, 20);
              }
            });
  }

  @Test
  default void whatIsFoundIsWhatTheQueryMatches() {
    Random random = new Random(42);
    Map<DocumentId, StoredDocument> documents = new HashMap<>();
    Map<Feed, Map<DocumentId, FeedEntry>> entries = new HashMap<>();
    List<Principal> readers = List.of(ALICE, BOB, CAROL);
    for (int round = 0; round < 120; round++) {
      Commit commit = Draft.append(todo(), draft -> scribble(random, draft, documents, readers));
      commit.documents().forEach(document -> documents.put(document.id(), document));
      for (FeedEntry entry : commit.entries()) {
        entries.computeIfAbsent(entry.feed(), feed -> new HashMap<>()).put(entry.document(), entry);
      }
      TermQuery query = query(random);
      Set<Feed> feeds = new HashSet<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        feeds.add(tasksOf(readers.get(random.nextInt(3))));
      }
      List<FeedEntry> expected = new ArrayList<>();
      for (Feed feed : feeds) {
        for (FeedEntry entry : entries.getOrDefault(feed, Map.of()).values()) {
          StoredDocument document = documents.get(entry.document());
          if (entry.kind() == FeedEntry.Kind.CHANGED
              && document != null
              && query.matches(document.terms())) {
            expected.add(entry);
          }
        }
      }

      List<FeedEntry> found = StoreSubject.search(todo(), feeds, query, 1_000).orElseThrow();

      assertThat(found)
          .as("round %d: %s in %s", round, query, feeds)
          .containsExactlyInAnyOrderElementsOf(expected)
          .isSortedAccordingTo(Comparator.comparing(FeedEntry::position));
      if (round % 20 == 19) {
        todo().purge(END_OF_TIME, 5);
      }
    }
  }

  /** A commit with some of everything. */
  private static void scribble(
      Random random,
      Draft draft,
      Map<DocumentId, StoredDocument> documents,
      List<Principal> readers) {
    Set<DocumentId> ids = new HashSet<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      ids.add(task("k" + random.nextInt(20)));
    }
    for (DocumentId id : ids) {
      StoredDocument stored = documents.get(id);
      boolean live = stored != null && !stored.deleted();
      Principal reader = readers.get(1 + random.nextInt(2));
      int dice = random.nextInt(10);
      if (stored == null || dice < 4) {
        draft.put(id, someTerms(random), readers.toArray(Principal[]::new));
      } else if (dice == 4) {
        draft.delete(id, readers.toArray(Principal[]::new));
      } else if (dice == 5 && live) {
        draft.revoke(stored, reader);
      } else if (dice == 6 && live) {
        grant(draft, stored, reader);
      } else if (live) {
        draft.index(stored, someTerms(random));
      }
    }
  }

  private static Terms someTerms(Random random) {
    List<String> terms = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      terms.add(someTerm(random));
    }
    return Terms.of(terms);
  }

  private static String someTerm(Random random) {
    StringBuilder term = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      term.append("!ab~".charAt(random.nextInt(4)));
    }
    return term.toString();
  }

  private static TermQuery query(Random random) {
    List<List<TermRange>> all = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      List<TermRange> any = new ArrayList<>();
      for (int j = random.nextInt(3); j >= 0; j--) {
        String from = someTerm(random);
        String to = someTerm(random);
        any.add(
            switch (random.nextInt(3)) {
              case 0 -> of(from);
              case 1 -> starting(from);
              default -> from.compareTo(to) < 0 ? new TermRange(from, to) : of(from);
            });
      }
      all.add(any);
    }
    return new TermQuery(all);
  }

  /** The documents that are found; there is an answer. */
  private List<DocumentId> find(TermQuery query, Feed... feeds) {
    return StoreSubject.search(todo(), new HashSet<>(Arrays.asList(feeds)), query, 10_000)
        .orElseThrow()
        .stream()
        .map(FeedEntry::document)
        .toList();
  }

  private static void grant(Draft draft, StoredDocument document, Principal reader) {
    draft.put(document);
    draft.enter(reader, document.id(), draft.tick(), FeedEntry.Kind.CHANGED);
  }

  private static Terms terms(String... terms) {
    return Terms.of(Arrays.asList(terms));
  }

  private static TermRange of(String term) {
    return TermRange.of(term);
  }

  private static TermRange starting(String prefix) {
    return TermRange.startingWith(prefix);
  }

  private static TermQuery one(String term) {
    return all(List.of(of(term)));
  }

  private static TermQuery prefix(String prefix) {
    return all(List.of(starting(prefix)));
  }

  private static TermQuery range(String from, String to) {
    return all(List.of(new TermRange(from, to)));
  }

  private static TermQuery all(List<TermRange> any) {
    return new TermQuery(List.of(any));
  }

  private static TermQuery all(List<TermRange> any, List<TermRange> another) {
    return new TermQuery(List.of(any, another));
  }

  private static TermQuery all(
      List<TermRange> any, List<TermRange> another, List<TermRange> third) {
    return new TermQuery(List.of(any, another, third));
  }
}
