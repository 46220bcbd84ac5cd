package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.FolderInMemory;
import dev.landfall.store.tck.FreshSeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** So many documents that it matters in which way they are looked for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TermSearchTest {
  private static final int DOCUMENTS = 12_000;

  private final Map<FeedEntry, Terms> entries = new LinkedHashMap<>();
  private final Map<String, TermQuery> queries = new LinkedHashMap<>();
  private StoreBackend backend;
  private ApplicationStore store;

  @BeforeAll
  void fill(@TempDir(factory = FolderInMemory.class) Path folder) {
    backend = SqliteBackend.open(folder.resolve("landfall.db"));
    store = backend.application(new ApplicationName("todo"));
    Random random = new Random(FreshSeed.of(TermSearchTest.class));
    Map<DocumentId, FeedEntry> last = new HashMap<>();
    for (int from = 0; from < DOCUMENTS; from += 2_000) {
      int first = from;
      append(
          draft -> {
            for (int i = 0; i < 2_000; i++) {
              put(draft, first + i);
            }
          },
          last);
    }
    append(
        draft -> {
          for (int i = 0; i < 500; i++) {
            put(draft, random.nextInt(DOCUMENTS));
          }
        },
        last);
    last.values().stream()
        .sorted(java.util.Comparator.comparing(FeedEntry::position))
        .forEach(entry -> entries.put(entry, terms(number(entry.document()))));
  }

  private void append(java.util.function.Consumer<Draft> content, Map<DocumentId, FeedEntry> last) {
    for (FeedEntry entry : Draft.append(store, content).entries()) {
      if (entry.feed().equals(ALICES_TASKS)) {
        last.put(entry.document(), entry);
      }
    }
  }

  @AfterAll
  void close() {
    backend.close();
  }

  private static void put(Draft draft, int number) {
    Owner owner = number % 50 == 7 ? BOB : ALICE;
    DocumentId id = document(owner, TASKS, "k" + number);
    if (owner.equals(ALICE)) {
      draft.put(id, terms(number), ALICE);
    } else {
      draft.put(id, terms(number), ALICE, BOB);
    }
  }

  private static int number(DocumentId id) {
    return Integer.parseInt(id.key().value().substring(1));
  }

  /** Of every document, of a half, a third in runs, a fiftieth; one of many; several in a range. */
  private static Terms terms(int number) {
    List<String> terms = new ArrayList<>();
    terms.add("all");
    terms.add("half" + number % 2);
    terms.add("run" + number / 100 % 3);
    terms.add("some" + number % 50);
    terms.add(String.format("n%06d", number * 7_919L % DOCUMENTS));
    terms.add("m" + number % 7);
    terms.add("m" + number % 11);
    if (number > DOCUMENTS - 20) {
      terms.add("late");
    }
    return Terms.of(terms);
  }

  private static List<TermRange> of(String... terms) {
    List<TermRange> ranges = new ArrayList<>();
    for (String term : terms) {
      ranges.add(TermRange.of(term));
    }
    return ranges;
  }

  private static List<TermRange> starting(String prefix) {
    return List.of(TermRange.startingWith(prefix));
  }

  private static List<TermRange> between(String from, String to) {
    return List.of(new TermRange(from, to));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // a list of them, which nobody writes to
  private static TermQuery all(List<TermRange>... elements) {
    return new TermQuery(List.of(elements));
  }

  private Map<String, TermQuery> queries() {
    if (queries.isEmpty()) {
      for (TermQuery query :
          List.of(
              all(of("all")),
              all(of("some3", "none")),
              all(of("some3", "some4", "some5")),
              all(of("run1", "none")),
              all(of("run1"), starting("run")),
              all(of("run1"), of("run2")),
              all(of("half1"), of("run2")),
              all(starting("half1"), starting("run2"), of("all")),
              all(between("n000100", "n002000")),
              all(between("n000100", "n005000")),
              all(between("n000100", "n011000"), of("half0")),
              all(starting("m1")),
              all(starting("m"), of("some3")),
              all(starting("m1"), starting("m2")),
              all(of("m1", "m2"), of("m3", "m4", "m5")),
              all(of("late"), of("all")),
              all(of("half0"), of("half1")),
              all(starting("none")))) {
        queries.put(query.toString(), query);
      }
    }
    return queries;
  }

  private List<FeedEntry> expected(TermQuery query) {
    return entries.keySet().stream().filter(entry -> query.matches(entries.get(entry))).toList();
  }

  @Test
  void whateverIsAskedForIsFoundInOrderAndOnce() {
    for (TermQuery query : queries().values()) {
      List<FeedEntry> expected = expected(query);
      for (int limit : new int[] {101, 3_000}) {
        List<FeedEntry> found = new ArrayList<>();
        HybridTimestamp after = HybridTimestamp.ZERO;
        FoundPage page;
        do {
          page = store.search(Set.of(ALICES_TASKS), query, after, END_OF_TIME, limit).orElseThrow();
          assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
          found.addAll(page.entries());
          after = page.last();
        } while (page.more() && found.size() < 4 * limit);
        List<FeedEntry> first = page.more() ? expected.subList(0, found.size()) : expected;
        assertThat(found).as("%d of %s", limit, query).isEqualTo(first);
      }
    }
  }

  @Test
  void inTheOrderOfOwnersAndKeysTheSameIsFound() {
    for (TermQuery query : queries().values()) {
      List<DocumentId> expected =
          expected(query).stream()
              .map(FeedEntry::document)
              .sorted(DocumentId.BY_OWNER_AND_KEY)
              .toList();
      Optional<DocumentId> after = Optional.empty();
      for (int from = 0; from < Math.min(expected.size(), 300); from += 60) {
        List<DocumentId> page =
            store.searchByKey(Set.of(ALICES_TASKS), query, after, 60).orElseThrow().stream()
                .map(FeedEntry::document)
                .toList();
        assertThat(page)
            .as("%s behind %d", query, from)
            .isEqualTo(expected.subList(from, Math.min(from + 60, expected.size())));
        after = Optional.of(page.get(page.size() - 1));
      }
    }
  }
}
