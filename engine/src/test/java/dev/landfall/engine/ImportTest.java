package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.engine.transfer.Importing;
import dev.landfall.engine.transfer.Incoming;
import dev.landfall.engine.transfer.OwnedDocuments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a reading of everything gives, and what it becomes when it is brought back. */
class ImportTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final List<CollectionName> COLLECTIONS =
      List.of(TASKS, new CollectionName("unlisted"), new CollectionName("a:b"));

  private final TestServer server = new TestServer();

  /** Everything somebody has: fields and readers by collection and key. */
  private record Contents(
      Map<String, JsonObject> fields, Map<String, Document.IndexEntry> entries) {
    /** Without times. */
    /** All but since when it counts. */
    private static String told(Sharing sharing) {
      List<Grant> grants =
          sharing.grants().stream()
              .map(grant -> new Grant(grant.user(), grant.application(), grant.writes()))
              .toList();
      return new Sharing(sharing.visibility(), grants, sharing.organisation(), sharing.link())
          .toString();
    }

    Map<String, String> sharing() {
      Map<String, String> sharing = new TreeMap<>();
      entries.forEach(
          (id, entry) -> sharing.put(id, entry.creator().value() + " " + told(entry.sharing())));
      return sharing;
    }
  }

  private Contents contents() {
    OwnedDocuments owned = server.engine().owned(TODO, ALICE);
    Contents contents = new Contents(new TreeMap<>(), new TreeMap<>());
    try {
      for (CollectionName collection : owned.collections()) {
        owned.read(
            collection,
            (key, wire) -> {
              JsonObject document = Vectors.json(wire.utf8());
              JsonObject twice =
                  contents
                      .fields()
                      .put(
                          collection.value() + "/" + key.value(),
                          StoredForm.withoutProtocol(document));
              assertThat(twice).isNull();
            });
        owned.entries(
            collection,
            (id, entry) ->
                contents.entries().put(collection.value() + "/" + id.key().value(), entry));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return contents;
  }

  private Importing importing() {
    return server.engine().importing(TODO, ALICE, ALICE, Admission.ALL);
  }

  private static Incoming.Fields incoming(String key, String document) {
    return new Incoming.Fields(TASKS, new DocumentKey(key), Vectors.json(document));
  }

  private JsonObject fields(String key) {
    return contents().fields().get("tasks/" + key);
  }

  @Test
  void aMergeKeepsTheFieldsThatAreNotInTheFile() {
    server.push(
        ZERO,
        edit("k", "{'a':1,'b':{'c':1,'d':1}}", Map.of("a", at(1, "p"), "b", at(1, "p")), ZERO));
    server.millis += 1_000;

    importing().write(List.of(incoming("k", "{'a':2,'b':{'c':2}}")), false);

    assertThat(fields("k")).isEqualTo(Vectors.json("{'a':2,'b':{'c':2,'d':1}}"));
  }

  @Test
  void aMergeGivesWayToTheStructureOfTheFile() {
    server.push(
        ZERO,
        edit(
            "k",
            "{'a':{'x':1},'b':1,'c':{'y':1},'d':{}}",
            Map.of("a", at(1, "p"), "b", at(1, "p"), "c", at(1, "p"), "d", at(1, "p")),
            ZERO));
    server.millis += 1_000;

    importing().write(List.of(incoming("k", "{'a':1,'b':{'x':1},'c':{},'d':{'z':1}}")), false);

    assertThat(fields("k")).isEqualTo(Vectors.json("{'a':1,'b':{'x':1},'c':{'y':1},'d':{'z':1}}"));
  }

  @Test
  void aReplacementLeavesNothingElse() {
    HybridTimestamp base =
        server
            .push(ZERO, edit("k", "{'a':1,'b':1}", Map.of("a", at(1, "p"), "b", at(1, "p")), ZERO))
            .clock();
    server.millis += 1_000;

    importing().write(List.of(incoming("k", "{'a':1}")), true);

    assertThat(fields("k")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(server.pull(base).fields("k")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void whatIsDeletedComesBackAndADeviceThatDeletedItLateLoses() {
    HybridTimestamp base =
        server.push(ZERO, edit("k", "{'a':1}", Map.of("a", at(1, "p")), ZERO)).clock();
    base = server.push(base, delete("k", at(10, "p"), base)).clock();
    server.millis += 1_000;

    importing().write(List.of(incoming("k", "{'a':2}")), false);
    server.push(base, delete("k", at(20, "p"), base));

    assertThat(server.pull(base).fields("k")).isEqualTo(Vectors.json("{'a':2}"));
  }

  @Test
  void aReplacementKeepsWhatIsWrittenMeanwhile() {
    server.push(ZERO, edit("old", "{'a':1}", Map.of("a", at(1, "p")), ZERO));
    server.millis += 1_000;

    Importing importing = importing();
    server.push(ZERO, edit("new", "{'a':1}", Map.of("a", at(900, "p")), ZERO));
    importing.write(List.of(incoming("file", "{'a':1}")), true);
    int removed = importing.removeOthers();

    assertThat(removed).isEqualTo(1);
    assertThat(contents().fields().keySet()).containsExactly("tasks/file", "tasks/new");
  }

  @Test
  void whoLosesTheRightWritesNothing() {
    Importing importing =
        server
            .engine()
            .importing(
                TODO,
                ALICE,
                ALICE,
                (user, owner) -> {
                  throw new SyncException(SyncProblem.FORBIDDEN, "no more");
                });

    assertThatThrownBy(() -> importing.write(List.of(incoming("k", "{'a':1}")), false))
        .isInstanceOf(SyncException.class);
    assertThat(contents().fields()).isEmpty();
  }

  @Test
  void aDocumentThatMovesOnDuringAReadingIsMetOnce() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      server.push(ZERO, edit("k" + i, "{'a':1}", Map.of("a", at(i, "p")), ZERO));
    }
    server.millis += 5_000;
    Map<String, Integer> met = new TreeMap<>();

    server
        .engine()
        .owned(TODO, ALICE)
        .read(
            TASKS,
            (key, wire) -> {
              met.merge(key.value(), 1, Integer::sum);
              if (met.size() % 50 == 0) { // before and after the place of the reading
                write("k" + (met.size() - 50), "{'a':2}");
                write("k" + (1_000 - met.size()), "{'a':2}");
              }
            });

    assertThat(met).hasSize(1_000);
    assertThat(met.values()).containsOnly(1);
  }

  private void write(String key, String document) {
    server.millis += 10;
    importing().write(List.of(incoming(key, document)), false);
  }

  @Test
  void whoReadsADocumentAndSinceWhenItIsThereIsRestored() {
    write("k", "{'a':1}");
    Incoming.Entry entry =
        new Incoming.Entry(
            TASKS,
            new DocumentKey("k"),
            sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty()),
            OptionalLong.of(7),
            Optional.empty(),
            true);

    Importing.Shared shared = importing().share(List.of(entry));
    Importing.Shared missing =
        importing()
            .share(
                List.of(
                    new Incoming.Entry(
                        TASKS,
                        new DocumentKey("nowhere"),
                        entry.sharing(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        true)));

    assertThat(shared).isEqualTo(new Importing.Shared(1, 0));
    assertThat(missing).isEqualTo(new Importing.Shared(0, 1));
    assertThat(contents().entries().get("tasks/k").createdMillis()).isEqualTo(7);
  }

  @Test
  void whoReadsSomebodyElsesDocumentAsTheFileSaysIsNotWithheld() {
    OrganisationId acme = new OrganisationId("acme");
    server
        .engine()
        .sync(TODO, BOB, acme, SyncRequest.push(TASKS, HybridTimestamp.ZERO, List.of(milk())));
    DocumentId id = new DocumentId(acme, TASKS, new DocumentKey("milk"));
    server.engine().share(TODO, BOB, acme, id, Sharer.with(BOB, false));
    Incoming.Entry same =
        new Incoming.Entry(
            TASKS,
            id.key(),
            sharing -> Sharer.with(BOB, false).apply(sharing),
            OptionalLong.empty(),
            Optional.empty(),
            true);

    Importing.Shared shared =
        server.engine().importing(TODO, ALICE, acme, Admission.ALL).share(List.of(same));

    assertThat(shared).isEqualTo(new Importing.Shared(0, 0));
  }

  private static Change milk() {
    return edit("milk", "{'a':1}", Map.of("a", at(1, "phone")), HybridTimestamp.ZERO);
  }

  /** Export, delete everything, import, export again: the same but for clocks and times. */
  @Test
  void whatIsExportedAndImportedIsExportedAgainForManySeeds() {
    for (int seed = 0; seed < 200; seed++) {
      new RoundTrip(seed).run();
    }
  }

  private static final class RoundTrip {
    private final ImportTest world = new ImportTest();
    private final Random random;
    private final int seed;

    RoundTrip(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() {
      for (int i = 0; i < 30; i++) {
        world.server.millis += random.nextInt(3);
        step();
      }
      Contents before = world.contents();
      world.server.millis += 1_000;
      if (random.nextBoolean()) {
        world.importing().removeOthers();
        assertThat(world.contents().fields()).describedAs("seed %s", seed).isEmpty();
      }
      bring(before);
      Contents after = world.contents();
      assertThat(after.fields()).describedAs("seed %s", seed).isEqualTo(before.fields());
      assertThat(after.sharing()).describedAs("seed %s", seed).isEqualTo(before.sharing());
      world.server.millis += 1_000;
      bring(before);
      assertThat(world.contents().fields()).isEqualTo(before.fields());
      assertThat(world.contents().sharing()).isEqualTo(before.sharing());
    }

    private void bring(Contents contents) {
      boolean replaces = random.nextBoolean();
      Importing importing = world.importing();
      List<Incoming.Fields> documents = new ArrayList<>();
      contents
          .fields()
          .forEach(
              (id, fields) -> documents.add(new Incoming.Fields(collection(id), key(id), fields)));
      for (int from = 0; from < documents.size(); from += 7) {
        importing.write(documents.subList(from, Math.min(documents.size(), from + 7)), replaces);
      }
      List<Incoming.Entry> entries = new ArrayList<>();
      contents
          .entries()
          .forEach(
              (id, entry) ->
                  entries.add(
                      new Incoming.Entry(
                          collection(id),
                          key(id),
                          sharing ->
                              new Sharing(
                                  entry.sharing().visibility(),
                                  entry.sharing().grants(),
                                  entry.sharing().organisation(),
                                  sharing.link()),
                          OptionalLong.of(entry.createdMillis()),
                          Optional.empty(),
                          true)));
      importing.share(entries);
    }

    private void step() {
      CollectionName collection = COLLECTIONS.get(random.nextInt(COLLECTIONS.size()));
      String key = "k" + random.nextInt(8);
      DocumentKey name = new DocumentKey(key);
      switch (random.nextInt(5)) {
        case 0 -> {
          Change gone = delete(key, clock(), ZERO);
          world.server.sync(ALICE, SyncRequest.push(collection, ZERO, List.of(gone)));
        }
        case 1 -> share(collection, name);
        default -> {
          JsonObject fields = object(3);
          Map<String, HybridTimestamp> stamps = new TreeMap<>();
          fields.members().keySet().forEach(field -> stamps.put(field, clock()));
          Change change = new Change(name, Optional.of(fields), stamps, ZERO, Optional.empty());
          world.server.sync(ALICE, SyncRequest.push(collection, ZERO, List.of(change)));
        }
      }
    }

    private void share(CollectionName collection, DocumentKey key) {
      List<Document> found =
          world.server.engine().indexed(TODO, ALICE, key, Optional.of(collection));
      for (Document document : found) {
        Visibility visibility = Visibility.values()[random.nextInt(4)];
        world
            .server
            .engine()
            .share(
                TODO,
                ALICE,
                ALICE,
                document.id(),
                sharing ->
                    sharing
                        .withVisibility(
                            visibility == Visibility.ORG ? Visibility.SHARED : visibility,
                            Optional.empty())
                        .with(new Grant(BOB, TODO, random.nextBoolean())));
      }
    }

    private HybridTimestamp clock() {
      return new HybridTimestamp(world.server.millis, random.nextInt(100), "p");
    }

    private JsonObject object(int depth) {
      JsonObject.Builder object = JsonObject.builder();
      int members = random.nextInt(4);
      for (int i = 0; i < members; i++) {
        object.put(List.of("a", "b", "c.d", "%", "m\u00e4h").get(random.nextInt(5)), value(depth));
      }
      return object.build();
    }

    private JsonValue value(int depth) {
      return switch (random.nextInt(depth > 0 ? 5 : 3)) {
        case 0 -> JsonNumber.of(random.nextInt(10));
        case 1 -> new JsonString("text " + random.nextInt(10));
        case 2 -> new JsonArray(List.of(JsonNumber.of(1), new JsonString("x")));
        default -> object(depth - 1);
      };
    }

    private static CollectionName collection(String id) {
      return new CollectionName(id.substring(0, id.indexOf('/')));
    }

    private static DocumentKey key(String id) {
      return new DocumentKey(id.substring(id.indexOf('/') + 1));
    }
  }

  @Test
  void documentsOfOthersAreNotInIt() {
    Change plan = edit("of-bob", "{'a':1}", Map.of("a", at(1, "p")), ZERO);
    server.sync(BOB, SyncRequest.push(TASKS, ZERO, List.of(plan)));
    server
        .engine()
        .share(
            TODO,
            BOB,
            BOB,
            new DocumentId(BOB, TASKS, new DocumentKey("of-bob")),
            sharing ->
                sharing
                    .withVisibility(Visibility.SHARED, Optional.empty())
                    .with(new Grant(ALICE, TODO, true)));

    assertThat(server.pull(ZERO).order()).containsExactly("of-bob");
    assertThat(contents().fields()).isEmpty();
  }
}
