package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client in another process, at the end of a pipe: each call is a line of JSON that goes out, and
 * what it answers says what the client is like now.
 */
final class PipedClient implements Client {
  /** A line out, and the line that comes back. */
  @FunctionalInterface
  interface Pipe {
    /** What the other side says. */
    JsonObject ask(JsonObject line);
  }

  private final Pipe pipe;
  private final CollectionName collection;
  private final long number;
  private final int limit;
  private final Map<String, JsonObject> documents = new LinkedHashMap<>();
  private JsonObject stamps = JsonObject.EMPTY;
  private boolean more;

  PipedClient(Pipe pipe, String node, CollectionName collection, int limit) {
    this.pipe = pipe;
    this.collection = collection;
    this.limit = limit;
    JsonObject made = pipe.ask(JsonObject.builder().put("do", "make").put("node", node).build());
    this.number = number(made.get("client"));
  }

  private PipedClient(PipedClient other) {
    this.pipe = other.pipe;
    this.collection = other.collection;
    this.limit = other.limit;
    this.number = number(other.ask("copy", JsonObject.builder()).get("client"));
    this.documents.putAll(other.documents);
    this.stamps = other.stamps;
    this.more = other.more;
  }

  private JsonObject ask(String what, JsonObject.Builder line) {
    JsonObject answer = pipe.ask(line.put("do", what).put("client", number).build());
    if (answer.get("documents") instanceof JsonObject now) {
      documents.clear();
      now.members().forEach((key, document) -> documents.put(key, (JsonObject) document));
      stamps = object(answer, "stamps");
      more = JsonBoolean.TRUE.equals(answer.get("more"));
    }
    return answer;
  }

  private static long number(@Nullable JsonValue value) {
    return ((JsonNumber) Objects.requireNonNull(value)).value().longValueExact();
  }

  private static JsonObject object(JsonObject in, String name) {
    return (JsonObject) Objects.requireNonNull(in.get(name));
  }

  @Override
  public Map<String, JsonObject> documents() {
    return new LinkedHashMap<>(documents);
  }

  @Override
  public void edit(String key, JsonObject document, Set<LeafPath> changed, long wallMillis) {
    ask(
        "edit",
        JsonObject.builder().put("key", key).put("document", document).put("now", wallMillis));
    JsonObject made = documents.getOrDefault(key, JsonObject.EMPTY);
    Map<LeafPath, JsonValue> more = new LinkedHashMap<>(Leaves.of(made));
    more.entrySet().removeAll(Leaves.of(document).entrySet());
    // What came from the server in the place of what was made here is seen when that is removed.
    more.keySet()
        .removeIf(
            path ->
                changed.stream()
                    .anyMatch(
                        one -> one.ancestors().contains(path) || path.ancestors().contains(one)));
    if (!more.isEmpty() || !Leaves.of(made).keySet().containsAll(Leaves.of(document).keySet())) {
      throw new AssertionError("an edit of " + document + " made " + made);
    }
  }

  @Override
  public boolean delete(String key, long wallMillis) {
    if (!documents.containsKey(key)) {
      return false;
    }
    ask("edit", JsonObject.builder().put("key", key).put("now", wallMillis));
    return true;
  }

  @Override
  public @Nullable HybridTimestamp stamp(String key, LeafPath path) {
    return stamps.get(key) instanceof JsonObject ofKey
            && ofKey.get(path.text()) instanceof JsonString clock
        ? HybridTimestamp.parse(clock.value())
        : null;
  }

  @Override
  public boolean carries(String key, Change change, LeafPath path) {
    return Objects.equals(stamp(key, path), change.stamps().get(path.text()));
  }

  @Override
  public SyncRequest request() {
    JsonObject.Builder bounds = JsonObject.builder().put("limit", limit > 0 ? limit : 1_000);
    JsonObject request = object(ask("request", bounds), "request");
    List<Change> changes = new ArrayList<>();
    for (JsonValue value : ((JsonArray) Objects.requireNonNull(request.get("changes"))).values()) {
      JsonObject change = (JsonObject) value;
      Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
      object(change, "fieldRevs")
          .members()
          .forEach((path, clock) -> clocks.put(path, HybridTimestamp.parse(Client.text(clock))));
      changes.add(
          new Change(
              new DocumentKey(Client.text(change.get("key"))),
              Optional.ofNullable((JsonObject) change.get("doc")),
              clocks,
              HybridTimestamp.parse(Client.text(change.get("baseClock"))),
              Optional.ofNullable((JsonObject) change.get("base"))));
    }
    return new SyncRequest(
        collection,
        HybridTimestamp.parse(Client.text(request.get("clientClock"))),
        changes,
        limit > 0 ? OptionalInt.of(limit) : OptionalInt.empty(),
        OptionalLong.empty(),
        true,
        true,
        true);
  }

  @Override
  public void receive(Response response, long wallMillis) {
    List<JsonValue> acks = new ArrayList<>();
    response
        .acks()
        .forEach(
            (key, clock) ->
                acks.add(
                    JsonObject.builder().put("key", key).put("rev", clock.toString()).build()));
    JsonObject.Builder answer =
        JsonObject.builder()
            .put("serverClock", response.serverClock().toString())
            .put("serverTime", response.serverTime())
            .put("serverChanges", new JsonArray(List.copyOf(response.documents())))
            .put("acks", new JsonArray(acks))
            .put("more", response.more());
    if (response.resync()) {
      answer.put("resync", response.restored() ? "restored" : "purged");
    }
    ask("answer", JsonObject.builder().put("answer", answer.build()).put("now", wallMillis));
  }

  @Override
  public void failed() {
    ask("failed", JsonObject.builder());
  }

  @Override
  public void refused(long serverTime, long wallMillis) {
    ask("drift", JsonObject.builder().put("serverTime", serverTime).put("now", wallMillis));
  }

  /** The other side opens each copy under a name of its own. */
  @Override
  public boolean isNewEachTime() {
    return true;
  }

  @Override
  public boolean forgetsDeleted() {
    return true;
  }

  @Override
  public void drop(String key) {
    ask("drop", JsonObject.builder().put("key", key));
  }

  @Override
  public void dropAll() {
    ask("drop", JsonObject.builder());
  }

  @Override
  public PipedClient copy() {
    return new PipedClient(this);
  }

  @Override
  public boolean wantsMore() {
    return more;
  }
}
