package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.StoredDocument;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names that look alike, sort oddly or mean something to a database are names like others. */
public interface AwkwardNameContract extends StoreSubject {
  /** Different owners. */
  List<Owner> OWNERS =
      List.of(
          new UserId("alice"),
          new UserId("Alice"),
          new UserId("alice."),
          new UserId("alic"),
          new UserId("org"),
          new UserId("org-alice"),
          new UserId("__proto__"),
          new UserId("a".repeat(128)),
          new OrganisationId("alice"),
          new OrganisationId("user"),
          new OrganisationId("everybody"));

  /** Different names, good for keys and, but for the control characters, for collections. */
  List<String> NAMES =
      List.of(
          "a:b",
          "a%3Ab",
          "a%3ab",
          "a%253Ab",
          "a",
          "A",
          "a ",
          " a",
          "a  ",
          "\u00a0a",
          ":",
          "%",
          "_",
          "a%",
          "a_",
          "?",
          "?1",
          ":name",
          "$where",
          "$a",
          "a.b",
          "a.",
          ".",
          "..",
          "../../x",
          "__proto__",
          "constructor",
          "'",
          "''",
          "\"",
          "`",
          "\\",
          "'; drop table documents; --",
          "null",
          "NULL",
          "true",
          "0",
          "00",
          "1",
          "1.0",
          "1e0",
          "caf\u00e9",
          "cafe\u0301",
          "CAF\u00c9",
          "stra\u00dfe",
          "strasse",
          "\u0131",
          "i",
          "I",
          "\uff21",
          "\ufffd",
          "\uffff",
          "\ud83d\ude00",
          "\ud83d\ude01",
          "\udbff\udfff",
          "\u200b",
          "\u202ea",
          "x".repeat(128),
          "x".repeat(127) + "y",
          "\ud83d\ude00".repeat(128));

  /** Further different keys. */
  List<String> KEYS =
      List.of(
          "\u0001",
          "\u0002",
          "\t",
          "\n",
          "\r",
          "\r\n",
          "a\nb",
          "a\n",
          "\u001b[0m",
          "\u007f",
          "\u0085",
          "x".repeat(512),
          "x".repeat(511) + "y",
          "\ud83d\ude00".repeat(512),
          "\ud83d\ude00".repeat(511) + "\ud83d\ude01");

  @Test
  default void everyKeyIsADocumentOfItsOwn() {
    Map<DocumentId, String> expected = new HashMap<>();
    for (String key : NAMES) {
      expected.put(document(ALICE, TASKS, key), "of " + key);
    }
    for (String key : KEYS) {
      expected.put(document(ALICE, TASKS, key), "of " + key);
    }
    assertThat(expected).hasSize(NAMES.size() + KEYS.size());

    Draft.append(todo(), draft -> expected.forEach((id, wire) -> draft.put(id, wire, ALICE)));

    assertThat(wires(todo().find(expected.keySet()))).isEqualTo(expected);
    expected.forEach(
        (id, wire) -> assertThat(wires(todo().find(Set.of(id)))).isEqualTo(Map.of(id, wire)));
    assertThat(view(ALICE, TASKS)).isEqualTo(expected);
  }

  @Test
  default void everyOwnerAndCollectionIsANamespaceOfItsOwn() {
    Map<DocumentId, String> expected = new HashMap<>();
    for (Owner owner : OWNERS) {
      for (String collection : NAMES) {
        DocumentId id = document(owner, new CollectionName(collection), "key");
        expected.put(id, "of " + owner.text() + " in " + collection);
      }
    }
    assertThat(expected).hasSize(OWNERS.size() * NAMES.size());

    Draft.append(todo(), draft -> expected.forEach((id, wire) -> draft.put(id, wire, id.owner())));

    assertThat(wires(todo().find(expected.keySet()))).isEqualTo(expected);
    for (Owner owner : OWNERS) {
      assertThat(todo().collections(owner, 1_000)).hasSize(NAMES.size());
    }
    expected.forEach(
        (id, wire) -> assertThat(view(id.owner(), id.collection())).isEqualTo(Map.of(id, wire)));
  }

  @Test
  default void everyReaderHasAFeedOfItsOwn() {
    for (Owner reader : OWNERS) {
      Draft.append(todo(), draft -> draft.put(document(ALICE, TASKS, reader.text()), "x", reader));
    }
    Draft.append(
        todo(), draft -> draft.put(document(ALICE, TASKS, "all"), "x", Everybody.EVERYBODY));

    for (Owner reader : OWNERS) {
      assertThat(view(reader, TASKS)).containsOnlyKeys(document(ALICE, TASKS, reader.text()));
    }
    assertThat(view(Everybody.EVERYBODY, TASKS)).containsOnlyKeys(document(ALICE, TASKS, "all"));
  }

  @Test
  default void nodesOfClocksSortByTheirCharacters() {
    List<String> nodes =
        List.of("-", ".", "0", "00", "9", "A", "AA", "Z", "_", "a", "aa", "z", "~");
    Draft draft = Draft.after(todo().tip());
    HybridTimestamp base = draft.tick();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      String node = nodes.get(i);
      draft.put(
          new StoredDocument(
              document(ALICE, TASKS, node),
              base.withNode(node),
              false,
              Bytes.utf8(node),
              Bytes.EMPTY,
              Bytes.EMPTY),
          ALICE);
    }
    todo().append(draft.commit());

    List<FeedItem> items =
        todo()
            .feed(Set.of(Cast.ALICES_TASKS), base.withNode("0"), base.withNode("z"), 100, 1 << 20)
            .items();

    assertThat(items)
        .extracting(item -> item.revision().node())
        .containsExactlyElementsOf(nodes.subList(3, 12));
  }

  private Map<DocumentId, String> view(Principal reader, CollectionName collection) {
    Map<DocumentId, String> view = new HashMap<>();
    for (FeedItem item :
        todo()
            .feed(
                Set.of(new Feed(reader, collection)),
                HybridTimestamp.ZERO,
                END_OF_TIME,
                1_000,
                1 << 30)
            .items()) {
      view.put(item.entry().document(), item.wire().utf8());
    }
    return view;
  }

  private static Map<DocumentId, String> wires(Map<DocumentId, StoredDocument> documents) {
    Map<DocumentId, String> wires = new HashMap<>();
    documents.forEach((id, document) -> wires.put(id, document.wire().utf8()));
    return wires;
  }
}
