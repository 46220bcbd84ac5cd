package dev.landfall.engine;

import static dev.landfall.engine.TestServer.TODO;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.history.DocumentVersion;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.query.Condition;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.SearchField;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.SortKey;
import dev.landfall.engine.query.TextQuery;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Asks for everything there is to ask for, under every name that can be guessed, and writes down
 * each answer to the byte.
 */
final class Attacker {
  private final TwinWorld world;
  private final SyncEngine engine;
  private final SplittableRandom random;
  private final List<String> transcript = new ArrayList<>();
  private final Map<List<String>, HybridTimestamp> clocks = new HashMap<>();
  private final List<HybridTimestamp> known = new ArrayList<>(List.of(HybridTimestamp.ZERO));
  private final Map<CollectionName, String> cursors = new HashMap<>();
  private int edits;

  Attacker(TwinWorld world, SyncEngine engine) {
    this.world = world;
    this.engine = engine;
    this.random = world.random;
  }

  List<String> transcript() {
    return transcript;
  }

  void act() {
    Owner context = context();
    CollectionName collection = world.pick(TwinWorld.COLLECTIONS);
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> sync(context, collection, List.of());
      case 3, 4, 5, 6 -> sync(context, collection, changes());
      case 7 -> history(context, guess(collection));
      case 8 -> restore(context, guess(collection));
      case 9 -> index(context, guess(collection));
      case 10 -> news(context, collection);
      case 11, 12 -> search(context, collection);
      case 13 -> leave(guess(collection));
      case 14 -> atom(context, guess(collection));
      default -> tell("link", () -> "" + engine.linked(TODO, guess(collection), "0".repeat(64)));
    }
  }

  /** All that can be read at the end. */
  void lookEverywhere() {
    List<Owner> contexts = new ArrayList<>(TwinWorld.ORGANISATIONS);
    contexts.add(TwinWorld.MALLORY);
    for (Owner context : contexts) {
      for (CollectionName collection : TwinWorld.COLLECTIONS) {
        clocks.remove(List.of(context.text(), collection.value()));
        sync(context, collection, List.of());
        for (int i = 0; i < 4; i++) {
          search(context, collection);
        }
      }
    }
    CollectionName tasks = TwinWorld.COLLECTIONS.get(0);
    for (Owner owner : TwinWorld.owners()) {
      for (String key : TwinWorld.KEYS) {
        history(TwinWorld.MALLORY, new DocumentId(owner, tasks, new DocumentKey(key)));
      }
    }
  }

  /** One's own, or that of an organisation. */
  private Owner context() {
    return random.nextInt(3) > 0 ? TwinWorld.MALLORY : world.pick(TwinWorld.ORGANISATIONS);
  }

  private DocumentId guess(CollectionName collection) {
    List<Owner> owners = new ArrayList<>(TwinWorld.owners());
    return new DocumentId(
        world.pick(owners), collection, new DocumentKey(world.pick(TwinWorld.KEYS)));
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    int number = 1 + random.nextInt(3);
    for (int i = 0; i < number; i++) {
      DocumentId id = guess(TwinWorld.COLLECTIONS.get(0));
      HybridTimestamp stamp = new HybridTimestamp(world.millis, edits++, "mallory-phone");
      HybridTimestamp base = world.pick(known);
      Optional<String> owner =
          random.nextBoolean() ? Optional.empty() : Optional.of(id.owner().value());
      boolean deletes = random.nextInt(5) == 0;
      boolean stamps = random.nextInt(4) > 0;
      String field = random.nextBoolean() ? "text" : "mine";
      changes.add(
          new Change(
              id.key(),
              deletes
                  ? Optional.empty()
                  : Optional.of(JsonObject.builder().put(field, "common aaaa" + edits).build()),
              deletes ? Map.of("", stamp) : stamps ? Map.of(field, stamp) : Map.of(),
              base,
              Optional.empty(),
              owner));
    }
    return changes;
  }

  private void sync(Owner context, CollectionName collection, List<Change> changes) {
    List<String> place = List.of(context.text(), collection.value());
    HybridTimestamp clock =
        random.nextInt(5) == 0
            ? HybridTimestamp.ZERO
            : clocks.getOrDefault(place, HybridTimestamp.ZERO);
    SyncRequest request =
        new SyncRequest(
            collection,
            clock,
            changes,
            random.nextInt(4) == 0 ? OptionalInt.of(1 + random.nextInt(4)) : OptionalInt.empty(),
            random.nextInt(8) == 0 ? OptionalLong.of(200) : OptionalLong.empty(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean());
    tell(
        "sync " + place,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          SyncAnswer answer = engine.sync(TODO, TwinWorld.MALLORY, context, request);
          StringBuilder text = new StringBuilder();
          answer.conflicts().forEach(one -> text.append(conflict(one)));
          text.append(answer.acknowledgements()).append(rejections(answer));
          text.append(answer.resync()).append(answer.isEmpty());
          PageEnd end = deliver(answer, text);
          clocks.put(place, end.serverClock());
          known.add(end.serverClock());
          return text.append(end).toString();
        });
  }

  private void search(Owner context, CollectionName collection) {
    String word = String.valueOf((char) ('a' + random.nextInt(26)));
    String start = List.of("secret", "common", word, "").get(random.nextInt(4));
    Optional<Filter> filter =
        switch (random.nextInt(4)) {
          case 0 -> Optional.of(where("text", Operator.CONTAINS, new JsonString(word)));
          case 1 -> Optional.of(where("_owner", Operator.NE, new JsonString("mallory")));
          case 2 -> Optional.of(where("more.deep", Operator.LT, JsonNumber.of(0)));
          default -> Optional.empty();
        };
    SortKey byText = new SortKey(SearchField.parse("text"), random.nextBoolean());
    SearchRequest request =
        new SearchRequest(
            collection,
            filter,
            random.nextBoolean() ? Optional.empty() : Optional.of(new TextQuery(start, List.of())),
            random.nextBoolean() ? List.of() : List.of(byText),
            1 + random.nextInt(3),
            Optional.ofNullable(cursors.get(collection)).filter(after -> random.nextInt(3) == 0),
            Optional.empty(),
            random.nextBoolean());
    tell(
        "search " + context + collection,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          SearchPage page = engine.search(TODO, TwinWorld.MALLORY, context, request);
          StringBuilder text = new StringBuilder();
          page.results().forEach(wire -> text.append(wire.utf8()));
          page.after().ifPresent(after -> cursors.put(collection, after));
          return text.append(page.after()).toString();
        });
  }

  private static Filter where(String field, Operator operator, JsonValue value) {
    return new Filter.Leaf(new Condition(SearchField.parse(field), operator, value));
  }

  private static String conflict(SyncAnswer.KeyedConflict one) {
    return one.key() + " " + one.owner() + JsonText.print(one.conflict().toJson());
  }

  private static String rejections(SyncAnswer answer) {
    StringBuilder text = new StringBuilder();
    for (SyncAnswer.Rejection one : answer.rejections()) {
      text.append(one.key()).append(one.code()).append(JsonText.print(one.details()));
    }
    return text.toString();
  }

  private static PageEnd deliver(SyncAnswer answer, StringBuilder text) {
    try {
      return answer.deliver(wire -> text.append(wire.utf8()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void leave(DocumentId id) {
    Optional<CollectionName> collection =
        random.nextBoolean() ? Optional.of(id.collection()) : Optional.empty();
    tell(
        "leave " + id,
        () -> {
          engine.leave(TODO, TwinWorld.MALLORY, id.owner().value(), id.key(), collection);
          TwinWorld.COLLECTIONS.stream()
              .filter(one -> collection.isEmpty() || collection.get().equals(one))
              .forEach(one -> world.left(new DocumentId(id.owner(), one, id.key())));
          return "left";
        });
  }

  private void atom(Owner context, DocumentId id) {
    boolean named = random.nextBoolean();
    AtomChange change =
        new AtomChange(
            id.collection(),
            named ? Optional.of(id.owner().value()) : Optional.empty(),
            Optional.of(id.key()),
            Optional.of(JsonObject.builder().put("text", "common atom" + edits++).build()),
            random.nextInt(4));
    tell(
        "atom " + id,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          return engine
              .writeAtoms(TODO, TwinWorld.MALLORY, context, List.of(change))
              .results()
              .toString();
        });
  }

  private void history(Owner context, DocumentId id) {
    tell(
        "history " + id,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          VersionPage page =
              engine.history(TODO, TwinWorld.MALLORY, context, id, Optional.empty(), 20);
          StringBuilder text = new StringBuilder();
          for (DocumentVersion version : page.versions()) {
            known.add(version.commit());
            text.append(version);
          }
          return text.append(page.more()).toString();
        });
  }

  private void restore(Owner context, DocumentId id) {
    HybridTimestamp version = world.pick(known);
    tell(
        "restore " + id,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          return engine.restore(TODO, TwinWorld.MALLORY, context, id, version).utf8();
        });
  }

  private void index(Owner context, DocumentId id) {
    tell(
        "index " + id,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          StringBuilder text = new StringBuilder();
          engine.indexed(TODO, context, id.key(), Optional.empty()).stream()
              .filter(one -> one.index().creator().equals(TwinWorld.MALLORY))
              .forEach(one -> text.append(one.id()).append(one.index()));
          return text.toString();
        });
    tell(
        "share " + id,
        () ->
            engine
                .share(
                    TODO,
                    TwinWorld.MALLORY,
                    context,
                    id,
                    sharing -> {
                      throw SyncException.badRequest("visibility", "could be changed: " + sharing);
                    })
                .toString());
  }

  private void news(Owner context, CollectionName collection) {
    HybridTimestamp since = world.pick(known);
    tell(
        "news " + collection,
        () -> {
          world.admit(TwinWorld.MALLORY, context);
          return engine
                  .news(TODO, TwinWorld.MALLORY, context, Map.of(collection, since), Set.of())
                  .changed()
              + " "
              + engine.hasNews(TODO, TwinWorld.MALLORY, context, collection, since);
        });
  }

  private void tell(String what, Supplier<String> ask) {
    String answer;
    try {
      answer = ask.get();
    } catch (SyncException e) {
      answer = e.problem() + " " + e.getMessage() + e.details().map(JsonText::print);
    }
    transcript.add(what + ": " + answer);
  }
}
