package dev.landfall.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.index.TermCode;
import dev.landfall.store.tck.FreshSeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What an index has to keep of documents so that it never misses one. */
class IndexLawsTest {
  private static final DocumentId ID =
      new DocumentId(new UserId("alice"), new CollectionName("tasks"), new DocumentKey("k"));

  private final SplittableRandom random = new SplittableRandom(FreshSeed.of(IndexLawsTest.class));
  private final Awkward awkward = new Awkward(random);

  private String string() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      int c =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x80);
            case 1 -> 0x20 + random.nextInt(4);
            case 2 -> random.nextInt(0x110000);
            default -> 0xd7f0 + random.nextInt(0x900);
          };
      text.appendCodePoint(c);
    }
    return text.toString();
  }

  private static int byCodePoints(String a, String b) {
    int[] left = a.codePoints().toArray();
    int[] right = b.codePoints().toArray();
    return java.util.Arrays.compare(left, right);
  }

  @Test
  void codedStringsKeepTheirOrderTheirPrefixesAndTheirDifferences() {
    Map<String, String> known = new HashMap<>();
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      strings.add(string());
    }
    for (String one : strings) {
      String code = TermCode.text(one);
      assertThat(known.getOrDefault(code, one)).isEqualTo(one);
      known.put(code, one);
      for (int i = 0; i < 50; i++) {
        String other = strings.get(random.nextInt(strings.size()));
        assertThat(Integer.signum(code.compareTo(TermCode.text(other))))
            .isEqualTo(Integer.signum(byCodePoints(one, other)));
        assertThat(Integer.signum(CodePoints.compare(one, other)))
            .isEqualTo(Integer.signum(byCodePoints(one, other)));
      }
      int cut = one.isEmpty() ? 0 : one.offsetByCodePoints(0, 1);
      assertThat(code).startsWith(TermCode.text(one.substring(0, cut)));
    }
  }

  @Test
  void codedNumbersKeepTheirOrderUpToRounding() {
    List<String> ascending =
        List.of(
            "-1e400", "-1e300", "-2", "-1.5", "-1", "-1e-300", "0", "1e-300", "0.1", "1", "1.5",
            "2", "10", "1e300", "1e400");
    for (int i = 1; i < ascending.size(); i++) {
      assertThat(TermCode.value("", JsonNumber.parse(ascending.get(i - 1))))
          .isLessThan(TermCode.value("", JsonNumber.parse(ascending.get(i))));
    }
    for (String one : List.of("0", "-0", "0.0", "-0e9")) {
      assertThat(TermCode.value("", JsonNumber.parse(one)))
          .isEqualTo(TermCode.value("", JsonNumber.of(0)));
    }
  }

  @Test
  void anIndexNeverMissesWhatAFilterFinds() {
    int narrowed = 0;
    for (int i = 0; i < 25_000; i++) {
      JsonObject fields = awkward.document();
      Filter filter = awkward.filter(2);
      IndexedFields indexes = indexes();
      Optional<TermQuery> query = filter.plan(indexes).query();
      if (query.isPresent()) {
        narrowed++;
        Terms terms = indexes.terms(fields);
        if (filter.matches(new Candidate(ID, "", fields))) {
          assertThat(query.get().matches(terms)).as(filter + " finds " + fields).isTrue();
        }
      }
    }
    assertThat(narrowed).isGreaterThan(2_000);
  }

  @Test
  void anIndexHasDocumentsInTheOrderOfTheFirstKey() {
    int compared = 0;
    for (int i = 0; i < 10_000; i++) {
      LeafPath path = awkward.path();
      IndexedFields indexes = new IndexedFields(List.of(path));
      List<SortKey> sort = List.of(new SortKey(new SearchField(path), i % 2 == 0));
      Candidate one = new Candidate(ID, "", awkward.document());
      Candidate other = new Candidate(ID, "", awkward.document());
      Optional<FieldOrder> order = FieldOrder.of(indexes, sort, Optional.empty(), Optional.empty());
      if (order.isEmpty()) {
        continue;
      }
      SortPosition here = SortPosition.of(one, sort);
      SortPosition there = SortPosition.of(other, sort);
      Place mine = place(order.get(), indexes.terms(one.fields()));
      Place others = place(order.get(), indexes.terms(other.fields()));
      int expected = SortPosition.order(sort).compare(here, there);
      if (expected < 0) {
        compared++;
        assertThat(mine.isBehind(others)).as(one + " before " + other).isFalse();
      }
      if (expected <= 0) {
        FieldOrder rest =
            FieldOrder.of(indexes, sort, Optional.of(here), Optional.empty()).orElseThrow();
        assertThat(place(rest, indexes.terms(other.fields())).part())
            .as(other + " behind " + one)
            .isNotNegative();
      }
      Filter filter = awkward.filter(2);
      FieldOrder narrow =
          FieldOrder.of(indexes, sort, Optional.empty(), filter.plan(indexes).query())
              .orElseThrow();
      if (filter.matches(other)) {
        assertThat(place(narrow, indexes.terms(other.fields())).part())
            .as(filter + " finds " + other)
            .isNotNegative();
      }
    }
    assertThat(compared).isGreaterThan(500);
  }

  /**
   * Where an order has a document.
   *
   * @param part negative if nowhere
   * @param term empty if the part has no order
   */
  private record Place(int part, String term, boolean descending) {
    boolean isBehind(Place other) {
      int order = term.compareTo(other.term) * (descending ? -1 : 1);
      return part > other.part || (part == other.part && order > 0);
    }
  }

  private static Place place(FieldOrder order, Terms terms) {
    for (int i = 0; i < order.parts().size(); i++) {
      List<TermRange> part = order.parts().get(i);
      for (TermRange range : part) {
        if (terms.anyIn(range)) {
          String term =
              terms.values().stream()
                  .filter(one -> Terms.of(List.of(one)).anyIn(range))
                  .findFirst()
                  .orElseThrow();
          return new Place(i, part.size() == 1 ? term : "", order.descending());
        }
      }
    }
    return new Place(-1, "", order.descending());
  }

  private IndexedFields indexes() {
    List<LeafPath> paths = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      paths.add(awkward.path());
    }
    return new IndexedFields(paths);
  }

  @Test
  void anIndexNeverMissesWhatATextFinds() {
    int found = 0;
    for (int i = 0; i < 25_000; i++) {
      JsonObject fields = awkward.document();
      TextQuery text = awkward.text();
      if (text.matches(fields)) {
        Optional<TermQuery> query = text.plan().query();
        found += query.isPresent() ? 1 : 0;
        Terms terms = IndexedFields.NONE.terms(fields);
        assertThat(query.map(one -> one.matches(terms)).orElse(true))
            .as(text + " finds " + fields)
            .isTrue();
      }
    }
    assertThat(found).isGreaterThan(200);
  }

  @Test
  void aDocumentWithTooManyWordsOrValuesIsACandidateForAll() {
    List<JsonValue> many = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      many.add(new JsonString("word" + i));
    }
    JsonObject fields = JsonObject.builder().put("a", new JsonArray(many)).build();
    IndexedFields indexes = new IndexedFields(List.of(LeafPath.ofField("a")));
    Condition condition =
        new Condition(SearchField.parse("a"), Operator.CONTAINS, new JsonString("word29999"));

    Terms terms = indexes.terms(fields);

    assertThat(terms.values()).hasSizeLessThan(10);
    assertThat(condition.plan(indexes).query().orElseThrow().matches(terms)).isTrue();
    assertThat(new TextQuery("word7 word29", List.of()).plan().query().orElseThrow().matches(terms))
        .isTrue();
  }

  @Test
  void longStringsAreCutAndStillFound() {
    String longOne = "x".repeat(5_000);
    IndexedFields indexes = new IndexedFields(List.of(LeafPath.ofField("a")));
    Terms terms = indexes.terms(JsonObject.builder().put("a", longOne).build());
    for (Operator operator : List.of(Operator.EQ, Operator.GTE, Operator.LTE)) {
      Condition condition =
          new Condition(SearchField.parse("a"), operator, new JsonString(longOne));
      assertThat(condition.plan(indexes).query().orElseThrow().matches(terms)).isTrue();
    }
    assertThat(terms.values()).allMatch(term -> term.length() <= Terms.MAX_LENGTH);
    assertThat(terms.anyIn(TermRange.startingWith("wxxx"))).isTrue();
  }
}
