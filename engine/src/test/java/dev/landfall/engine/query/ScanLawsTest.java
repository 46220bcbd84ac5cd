package dev.landfall.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonMembers;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Deletions;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.store.tck.FreshSeed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a search reads of a stored document is enough for it: the answer is that of the whole. */
class ScanLawsTest {
  private static final DocumentId ID =
      new DocumentId(new UserId("ann"), new CollectionName("things"), new DocumentKey("a\"\\key"));
  private static final HybridTimestamp NOW = new HybridTimestamp(1_700_000_000_000L, 7, "server");

  private final SplittableRandom random = new SplittableRandom(FreshSeed.of(ScanLawsTest.class));
  private final Awkward awkward = new Awkward(random);

  @Test
  void aFilterFindsInTheStoredFormWhatItFindsInTheWholeDocument() {
    int found = 0;
    for (int i = 0; i < 10_000; i++) {
      Bytes wire = stored(awkward.document());
      Filter filter = withProtocol(awkward.filter(2));
      SearchRequest request = request(Optional.of(filter), Optional.empty(), List.of());

      JsonObject whole = StoredForm.delivered(wire);
      Candidate looked = candidate(wire, request.membersLookedAt().orElseThrow());

      boolean expected = Naive.matches(filter, with(whole, "_owner", ID.owner().value()));
      assertThat(request.matches(looked)).as(filter + " in " + wire.utf8()).isEqualTo(expected);
      found += expected ? 1 : 0;
    }
    assertThat(found).isBetween(500, 9_500);
  }

  @Test
  void anOrderAndATextOfSomeFieldsGoByWhatTheWholeDocumentHas() {
    for (int i = 0; i < 5_000; i++) {
      Bytes wire = stored(awkward.document());
      List<SortKey> sort = List.of(new SortKey(new SearchField(awkward.path()), true));
      TextQuery text = new TextQuery("a milk", List.of(awkward.path(), awkward.path()));
      SearchRequest request = request(Optional.empty(), Optional.of(text), sort);

      JsonObject delivered = StoredForm.delivered(wire);
      Candidate whole = new Candidate(ID, "", StoredForm.withoutProtocol(delivered));
      Candidate looked = candidate(wire, request.membersLookedAt().orElseThrow());

      assertThat(request.matches(looked)).isEqualTo(request.matches(whole));
      assertThat(SortPosition.of(looked, sort))
          .usingComparator(SortPosition.order(sort))
          .isEqualTo(SortPosition.of(whole, sort));
    }
  }

  @Test
  void aTextOfAllFieldsHasToSeeAllOfThem() {
    TextQuery text = new TextQuery("milk", List.of());

    assertThat(request(Optional.empty(), Optional.of(text), List.of()).membersLookedAt()).isEmpty();
  }

  private Filter withProtocol(Filter filter) {
    JsonValue value =
        random.nextBoolean() ? new JsonString(NOW.toString()) : new JsonString(ID.key().value());
    List<String> names = List.of("_key", "_rev", "_owner");
    SearchField field = SearchField.parse(names.get(random.nextInt(names.size())));
    Filter own = new Filter.Leaf(new Condition(field, Operator.GTE, value));
    return switch (random.nextInt(4)) {
      case 0 -> new Filter.And(List.of(own, filter));
      case 1 -> new Filter.Or(List.of(filter, own));
      default -> filter;
    };
  }

  private static Bytes stored(JsonObject fields) {
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Leaves.of(fields).forEach((path, value) -> leaves.put(path, Leaf.of(value, NOW, NOW)));
    Document.IndexEntry entry = Document.IndexEntry.created(new UserId("ann"), 0);
    return WireForm.of(new Document(ID, NOW, leaves, Deletions.NONE, false, entry));
  }

  private static Candidate candidate(Bytes wire, JsonMembers members) {
    JsonObject delivered = StoredForm.delivered(wire, members);
    String revision = delivered.get("_rev") instanceof JsonString text ? text.value() : "";
    return new Candidate(ID, revision, StoredForm.withoutProtocol(delivered));
  }

  private static JsonObject with(JsonObject object, String name, String value) {
    Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
    members.put(name, new JsonString(value));
    return JsonObject.of(members);
  }

  private static SearchRequest request(
      Optional<Filter> filter, Optional<TextQuery> text, List<SortKey> sort) {
    return new SearchRequest(
        ID.collection(), filter, text, sort, 100, Optional.empty(), Optional.empty(), false);
  }
}
