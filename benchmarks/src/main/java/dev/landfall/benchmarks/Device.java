package dev.landfall.benchmarks;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.engine.query.Condition;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.SearchField;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.DocumentSink;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A device of one user that talks to an engine without HTTP between. For one thread. */
final class Device {
  static final ApplicationName PLANNER = new ApplicationName("planner");
  static final CollectionName TASKS = new CollectionName("tasks");

  private final Server server;
  private final UserId user;
  private final DocumentSink sink;
  private HybridTimestamp clock = HybridTimestamp.ZERO;
  private long delivered;

  Device(Server server, String user) {
    this.server = server;
    this.user = new UserId(user);
    this.sink = this::count;
  }

  private void count(Bytes document) {
    delivered += document.length();
  }

  /** Creates documents, numbered from 0 on. */
  Device create(int documents) {
    for (int from = 0; from < documents; from += 1_000) {
      List<Change> changes = new ArrayList<>();
      for (int number = from; number < Math.min(documents, from + 1_000); number++) {
        changes.add(change(number, 0, stamps(Note.of(number, 0)), HybridTimestamp.ZERO));
      }
      push(changes);
    }
    return this;
  }

  /** Creates some more in one request, numbered from {@code from} on. */
  void createMore(int from, int documents) {
    List<Change> changes = new ArrayList<>(documents);
    for (int number = from; number < from + documents; number++) {
      changes.add(change(number, 0, stamps(Note.of(number, 0)), HybridTimestamp.ZERO));
    }
    push(changes);
  }

  /** How many documents have {@code value} in {@code field}. */
  int search(String field, String value) {
    Filter filter =
        new Filter.Leaf(
            new Condition(SearchField.parse(field), Operator.EQ, new JsonString(value)));
    return server
        .engine()
        .search(
            PLANNER,
            user,
            user,
            new SearchRequest(
                TASKS,
                Optional.of(filter),
                Optional.empty(),
                List.of(),
                100,
                Optional.empty(),
                Optional.empty(),
                false))
        .results()
        .size();
  }

  private Map<String, HybridTimestamp> stamps(JsonObject document) {
    Map<String, HybridTimestamp> stamps = new LinkedHashMap<>();
    document.members().keySet().forEach(name -> stamps.put(name, server.now("phone")));
    return stamps;
  }

  /** An edit of one field, made now. */
  Change edit(int number, long edits) {
    return change(number, edits, Map.of(Note.EDITED, server.now("phone")), clock);
  }

  private static Change change(
      int number, long edits, Map<String, HybridTimestamp> stamps, HybridTimestamp base) {
    return new Change(
        new DocumentKey(Note.key(number)),
        Optional.of(Note.of(number, edits)),
        stamps,
        base,
        Optional.empty());
  }

  /** Pushes and takes the answer; the bytes of documents in it. */
  long push(List<Change> changes) {
    return sync(SyncRequest.push(TASKS, clock, changes));
  }

  /** Pulls what is new; the bytes of documents. */
  long pull() {
    return sync(SyncRequest.pull(TASKS, clock));
  }

  /** Pulls everything; the bytes of documents. */
  long pullAll() {
    return sync(SyncRequest.pull(TASKS, HybridTimestamp.ZERO));
  }

  private long sync(SyncRequest request) {
    delivered = 0;
    SyncAnswer answer = server.engine().sync(PLANNER, user, user, request);
    try {
      PageEnd end = answer.deliver(sink);
      clock = end.serverClock();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!answer.conflicts().isEmpty()) {
      throw new IllegalStateException("nobody else edits these documents");
    }
    return delivered;
  }
}
