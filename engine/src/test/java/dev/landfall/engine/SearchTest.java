package dev.landfall.engine;

import static dev.landfall.engine.SearchWorld.all;
import static dev.landfall.engine.SearchWorld.key;
import static dev.landfall.engine.SearchWorld.parse;
import static dev.landfall.engine.SearchWorld.request;
import static dev.landfall.engine.SearchWorld.where;
import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.query.Awkward;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Naive;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.Projection;
import dev.landfall.engine.query.SearchField;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.SortKey;
import dev.landfall.engine.query.TextQuery;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.store.tck.FreshSeed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What searching promises. */
class SearchTest {
  private static final List<UserId> USERS = List.of(ALICE, BOB, new UserId("carol"));

  private final SearchWorld world = new SearchWorld();

  @Test
  void aSearchFindsWhatAPullFromZeroBringsNarrowedByTheQuery() {
    SplittableRandom random = new SplittableRandom(FreshSeed.of(SearchTest.class));
    Awkward awkward = new Awkward(random);
    int found = 0;
    long fullScans = 0;
    for (int i = 0; i < 20; i++) {
      SearchWorld one = new SearchWorld();
      List<String> indexes = new ArrayList<>();
      for (int j = 0; j < 5; j++) {
        indexes.add(awkward.path().text());
      }
      one.start(indexes).completeIndexes();
      fill(one, random, awkward);
      for (int j = 0; j < 30; j++) {
        found += compare(one, random, awkward);
      }
      fullScans += one.engine.fullScans();
    }
    assertThat(found).isGreaterThan(800);
    assertThat(fullScans).isBetween(100L, 10_000L);
  }

  private static void fill(SearchWorld world, SplittableRandom random, Awkward awkward) {
    for (int i = 0; i < 25; i++) {
      UserId user = USERS.get(random.nextInt(USERS.size()));
      String key = "k" + random.nextInt(12);
      world.write(user, user, key, awkward.document());
      int what = world.isAlive(user, key) ? random.nextInt(8) : 9;
      DocumentId id = new DocumentId(user, TASKS, new DocumentKey(key));
      if (what == 0) {
        world.delete(user, key);
      } else if (what == 1) {
        world.engine.share(
            TODO, user, user, id, one -> one.withVisibility(Visibility.PUBLIC, Optional.empty()));
      } else if (what < 4) {
        UserId reader = USERS.get(random.nextInt(USERS.size()));
        world.engine.share(TODO, user, user, id, Sharer.with(reader, false));
      } else if (what == 4) {
        world.engine.share(
            TODO, user, user, id, one -> one.withVisibility(Visibility.PRIVATE, Optional.empty()));
      }
    }
  }

  private static int compare(SearchWorld world, SplittableRandom random, Awkward awkward) {
    Optional<Filter> filter =
        random.nextInt(4) == 0 ? Optional.empty() : Optional.of(awkward.filter(2));
    Optional<TextQuery> text =
        random.nextInt(3) == 0 ? Optional.of(awkward.text()) : Optional.empty();
    List<SortKey> sort = new ArrayList<>();
    for (int i = random.nextInt(4) - 1; i > 0; i--) {
      sort.add(new SortKey(new SearchField(awkward.path()), random.nextBoolean()));
    }
    boolean owners = random.nextBoolean();
    UserId user = USERS.get(random.nextInt(USERS.size()));
    SearchRequest request = request(filter, text, sort, 1 + random.nextInt(30), owners);

    List<JsonObject> expected = new ArrayList<>();
    for (JsonObject one : world.pull(user, user, owners)) {
      JsonObject fields = StoredForm.withoutProtocol(one);
      JsonObject asked = one;
      if (one.get("_owner") == null) {
        JsonObject.Builder owned = JsonObject.builder();
        one.members().forEach(owned::put);
        asked = owned.put("_owner", user.value()).build();
      }
      JsonObject whole = asked;
      if (filter.map(question -> Naive.matches(question, whole)).orElse(true)
          && text.map(words -> words.matches(fields)).orElse(true)) {
        expected.add(one);
      }
    }
    List<JsonObject> found = world.search(user, user, request);

    if (sort.isEmpty()) {
      assertThat(found).as("" + request).isEqualTo(expected);
    } else {
      assertThat(found).as("" + request).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(world.search(user, user, request(filter, text, sort, 1000, owners)))
          .isEqualTo(found);
    }
    return found.size();
  }

  @Test
  void pagesShowWhatMatchesAllTheTimeExactlyOnceWhateverIsWrittenMeanwhile() {
    for (int seed = 0; seed < 25; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SearchWorld one = new SearchWorld();
      one.start(List.of("list")).completeIndexes();
      Set<String> keys = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        keys.add("k" + i);
        one.write("k" + i, "{'list': 'home', 'n': " + i + "}");
        one.write("other" + i, "{'list': 'work', 'n': " + i + "}");
      }
      one.store.before(
          () -> {
            int writes = random.nextInt(4);
            for (int i = 0; i < writes && random.nextInt(3) == 0; i++) {
              String key = (random.nextInt(3) == 0 ? "other" : "k") + random.nextInt(30);
              String list = key.startsWith("k") ? "home" : "work";
              one.write(key, "{'list': '" + list + "', 'n': " + random.nextInt() + "}");
            }
          });
      Filter home =
          random.nextBoolean()
              ? where("list", Operator.EQ, new JsonString("home"))
              : new Filter.Not(where("list", Operator.EQ, new JsonString("work")));
      SearchRequest request =
          request(Optional.of(home), Optional.empty(), List.of(), 1 + random.nextInt(12), false);

      List<String> found = one.keys(request);

      assertThat(found).as("seed " + seed).doesNotHaveDuplicates();
      assertThat(new HashSet<>(found)).as("seed " + seed).isEqualTo(keys);
    }
  }

  @Test
  void aConfiguredFieldIsServedByTheIndex() {
    world.start(List.of("n")).completeIndexes();
    for (int i = 0; i < 300; i++) {
      world.write("k" + i, "{'n': " + i + ", 'text': 'number " + i + "'}");
    }
    world.store.forget();

    SearchRequest filtered =
        request(
            Optional.of(where("n", Operator.GTE, JsonNumber.of(295))),
            Optional.empty(),
            List.of(new SortKey(SearchField.parse("n"), true)),
            3,
            false);
    SearchRequest worded =
        request(
            Optional.empty(),
            Optional.of(new TextQuery("NUMBER 17", List.of())),
            List.of(),
            100,
            false);

    assertThat(world.keys(filtered)).containsExactly("k299", "k298", "k297", "k296", "k295");
    assertThat(world.keys(worded)).hasSize(11).startsWith("k17", "k170");
    assertThat(world.store.calls).contains("search").doesNotContain("feed", "scan");
    assertThat(world.store.calls).hasSizeLessThan(20);
    assertThat(world.engine.fullScans()).isZero();
  }

  @Test
  void anIndexThatIsInOrderGivesTheSamePagesAsLookingAtEverything() {
    world.start(List.of("n", "list")).completeIndexes();
    List<String> values = List.of("null", "true", "false", "'milk'", "'Milk'", "[1]", "{'a': 1}");
    for (int i = 0; i < 360; i++) {
      String value =
          i % 4 == 0
              ? values.get(i / 4 % values.size())
              : i % 4 == 1 ? "" + i * 17 % 50 : i % 4 == 2 ? "'v" + i * 31 % 360 + "'" : "-1e" + i;
      String field = i % 11 == 0 ? "other" : "n";
      String list = i % 3 == 0 ? "home" : "work";
      world.write("k" + i, "{'" + field + "': " + value + ", 'list': '" + list + "'}");
    }
    List<Optional<Filter>> filters =
        List.of(
            Optional.empty(),
            Optional.of(where("list", Operator.EQ, new JsonString("home"))),
            Optional.of(where("n", Operator.GTE, JsonNumber.of(7))),
            Optional.of(where("n", Operator.STARTS_WITH, new JsonString("v"))));
    SyncEngine indexed = world.engine;
    SyncEngine walking = world.start(List.of());

    for (Optional<Filter> filter : filters) {
      for (boolean descending : new boolean[] {false, true}) {
        for (int limit : new int[] {5, 40, 1_000}) {
          List<SortKey> sort = List.of(new SortKey(SearchField.parse("n"), descending));
          SearchRequest request = request(filter, Optional.empty(), sort, limit, false);
          world.engine = indexed;
          List<String> found = world.keys(request);
          world.engine = walking;
          assertThat(found).as("" + request).isEqualTo(world.keys(request));
        }
      }
    }
    assertThat(indexed.fullScans()).isZero();
  }

  @Test
  void whatMovesInAnOrderWhileItIsGoneThroughIsFoundOnce() {
    for (int seed = 0; seed < 10; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SearchWorld one = new SearchWorld();
      one.start(List.of("n")).completeIndexes();
      Set<String> keys = new HashSet<>();
      for (int i = 0; i < 120; i++) {
        String list = i % 4 == 0 ? "home" : "work";
        if (i % 4 == 0) {
          keys.add("k" + i);
        }
        one.write("k" + i, "{'list': '" + list + "', 'n': " + random.nextInt(1000) + "}");
      }
      one.store.before(
          () -> {
            if (random.nextInt(3) == 0) {
              String key = "k" + 4 * random.nextInt(30);
              one.write(key, "{'list': 'home', 'n': " + random.nextInt(1000) + "}");
            }
          });
      SearchRequest request =
          request(
              Optional.of(where("list", Operator.EQ, new JsonString("home"))),
              Optional.empty(),
              List.of(new SortKey(SearchField.parse("n"), random.nextBoolean())),
              30,
              false);

      List<String> found =
          one.engine.search(TODO, ALICE, ALICE, request).results().stream()
              .map(wire -> SearchWorld.key(SearchWorld.parse(wire)))
              .toList();

      assertThat(found).as("seed " + seed).doesNotHaveDuplicates();
      assertThat(new HashSet<>(found)).as("seed " + seed).isEqualTo(keys);
    }
  }

  @Test
  void ofManyDocumentsWithTheSameValueOnlyThoseOfThePageAreRead() {
    world.start(List.of("n")).completeIndexes();
    List<String> values = List.of("1", "true", "9007199254740993", "9007199254740992", "'x'");
    for (int i = 0; i < 1_000; i++) {
      world.write("k" + i, "{'n': " + values.get(i / 200) + "}");
    }
    SyncEngine indexed = world.engine;
    SyncEngine walking = world.start(List.of());

    for (boolean descending : new boolean[] {false, true}) {
      List<SortKey> sort = List.of(new SortKey(SearchField.parse("n"), descending));
      SearchRequest few = request(Optional.empty(), Optional.empty(), sort, 5, false);
      SearchRequest more = request(Optional.empty(), Optional.empty(), sort, 90, false);
      world.engine = walking;
      List<String> expected = world.keys(more);
      world.engine = indexed;
      world.store.forget();
      assertThat(keys(indexed.search(TODO, ALICE, ALICE, few))).isEqualTo(expected.subList(0, 5));
      assertThat(world.store.calls).doesNotContain("feed");
      assertThat(world.store.calls.stream().filter("find"::equals)).hasSizeLessThan(3);
      assertThat(world.keys(more)).isEqualTo(expected);
    }
    assertThat(indexed.fullScans()).isZero();
  }

  private static List<String> keys(SearchPage page) {
    return page.results().stream().map(wire -> key(parse(wire))).toList();
  }

  @Test
  void anIndexOfAnOlderFormIsBuiltAnew() {
    world.start(List.of("n")).completeIndexes();
    world.write("one", "{'n': 1}");
    world.write("two", "{'n': 2}");
    var application = world.store.application(TODO);
    var tip = application.tip();
    Terms older = Terms.of(List.of("fn~nbff0000000000000"));
    DocumentId one = new DocumentId(ALICE, TASKS, new DocumentKey("one"));
    StoredDocument stored = application.find(Set.of(one)).get(one);
    HybridTimestamp next = new HybridTimestamp(tip.clock().millis() + 1, 0, tip.clock().node());
    StoredDocument before =
        new StoredDocument(
            one, stored.revision(), false, stored.wire(), stored.record(), stored.history(), older);
    application.append(
        new Commit(tip.number() + 1, next, "older", "older", List.of(before), List.of()));
    DirectoryRecord record =
        world.store.directory().find("searchIndex", TODO.value()).orElseThrow();
    world
        .store
        .directory()
        .write(
            new DirectoryRecord(
                record.kind(), record.name(), record.version() + 1, Bytes.utf8("older")));
    SearchRequest request =
        request(
            Optional.of(where("n", Operator.EQ, JsonNumber.of(1))),
            Optional.empty(),
            List.of(),
            10,
            false);
    world.start(List.of("n"));

    assertThat(world.keys(request)).containsExactly("one");
    assertThat(world.engine.fullScans()).isEqualTo(1);
    world.engine.completeIndexes();
    assertThat(world.keys(request)).containsExactly("one");
    assertThat(world.engine.fullScans()).isEqualTo(1);
    assertThat(application.find(Set.of(one)).get(one).terms()).isNotEqualTo(older);
  }

  @Test
  void documentsFromBeforeTheIndexAreFoundBeforeAndAfterTheyAreInIt() {
    world.write("old", "{'n': 1, 'text': 'milk'}");
    world.write("other", "{'n': 2, 'text': 'bread'}");
    HybridTimestamp clock = world.clock();
    world.start(List.of("n"));
    SearchRequest request =
        request(
            Optional.of(where("n", Operator.EQ, JsonNumber.of(1))),
            Optional.empty(),
            List.of(),
            10,
            false);

    List<String> before = world.keys(request);
    long fullScans = world.engine.fullScans();
    boolean[] written = {false};
    world.store.before(
        () -> {
          if (!written[0]) {
            written[0] = true;
            world.write("new", "{'n': 1}");
            world.write("old", "{'n': 1, 'text': 'cheese'}");
          }
        });
    world.engine.completeIndexes();
    List<String> after = world.keys(request);

    assertThat(before).containsExactly("old");
    assertThat(fullScans).isEqualTo(1);
    assertThat(after).containsExactlyInAnyOrder("new", "old");
    assertThat(world.engine.fullScans()).isEqualTo(1);
    assertThat(world.changedSince(clock)).containsExactlyInAnyOrder("new", "old");
    world.start(List.of("n")).completeIndexes();
    world.store.forget();
    assertThat(world.keys(request)).hasSize(2);
    assertThat(world.store.calls).doesNotContain("scan", "feed");
  }

  @Test
  void aCursorBelongsToOneQueryOfOneCaller() {
    for (int i = 0; i < 3; i++) {
      world.write("k" + i, "{'n': " + i + "}");
      world.write(BOB, BOB, "k" + i, parse("{'n': 1}"));
    }
    String after = world.engine.search(TODO, ALICE, ALICE, all(1)).after().orElseThrow();
    SearchRequest other =
        request(
            Optional.of(where("n", Operator.EXISTS, dev.landfall.api.json.JsonBoolean.TRUE)),
            Optional.empty(),
            List.of(),
            1,
            false);

    for (String text : List.of(after + "x", "x", "", after.substring(2), "!", "W10")) {
      assertRefused(() -> world.engine.search(TODO, ALICE, ALICE, SearchWorld.after(all(1), text)));
    }
    assertRefused(() -> world.engine.search(TODO, ALICE, ALICE, SearchWorld.after(other, after)));
    assertRefused(() -> world.engine.search(TODO, BOB, BOB, SearchWorld.after(all(1), after)));
    assertThat(world.engine.search(TODO, ALICE, ALICE, SearchWorld.after(all(9), after)).results())
        .hasSize(2);
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable search) {
    assertThatThrownBy(search)
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.BAD_REQUEST))
        .hasMessageStartingWith("after:");
  }

  @Test
  void thePageSaysWhereTheNextBeginsOnlyIfThereIsOne() {
    for (int i = 0; i < 4; i++) {
      world.write("k" + i, "{'n': " + i + "}");
    }
    assertThat(world.engine.search(TODO, ALICE, ALICE, all(4)).after()).isEmpty();
    assertThat(world.engine.search(TODO, ALICE, ALICE, all(3)).after()).isPresent();
  }

  @Test
  void aProjectionKeepsWhatBelongsToThePathsAndTheProtocol() {
    world.write("k", "{'a': {'b': 1, 'c': 2}, 'd.e': 3, 'f': 4}");
    SearchRequest request =
        new SearchRequest(
            TASKS,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            10,
            Optional.empty(),
            Optional.of(new Projection(List.of(LeafPath.parse("a.b"), LeafPath.parse("d%2Ee")))),
            false);

    JsonObject found = world.search(ALICE, ALICE, request).get(0);

    assertThat(StoredForm.withoutProtocol(found)).isEqualTo(parse("{'a': {'b': 1}, 'd.e': 3}"));
    assertThat(key(found)).isEqualTo("k");
    assertThat(found.members()).containsKey("_rev");
    assertThat(((JsonObject) found.members().get("_fieldRevs")).members().keySet())
        .containsExactlyInAnyOrder("a", "a.b", "d%2Ee", "d.e");
  }

  @Test
  void aSearchThatTakesTooLongIsBrokenOff() {
    for (int i = 0; i < 100; i++) {
      world.write("k" + i, "{'n': " + i + "}");
    }
    assertThat(world.search(ALICE, ALICE, all(100))).hasSize(100);
    world.millisPerLook = 100;

    assertThatThrownBy(() -> world.search(ALICE, ALICE, all(100)))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.TOO_SLOW));

    world.millisPerLook = 10;
    assertThat(world.search(ALICE, ALICE, all(100))).hasSize(100);
  }
}
