package dev.landfall.client;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.query.Candidate;
import dev.landfall.engine.query.Condition;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.Projection;
import dev.landfall.engine.query.SearchField;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.SortKey;
import dev.landfall.engine.query.SortPosition;
import dev.landfall.engine.query.TextQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A question about the documents of a collection, in the language of {@code POST
 * /{application}/search}, by the same rules: the same question finds the same on this device and on
 * the server. Immutable: each method gives another one.
 *
 * @param <T> what a document is
 */
public final class Query<T> {
  /** The most documents of one result. */
  public static final int MAX_LIMIT = SearchRequest.MAX_LIMIT;

  /** Documents without an order come as they were committed, those that were not yet at the end. */
  private static final List<SortKey> COMMITTED =
      List.of(new SortKey(SearchField.parse("_rev"), false));

  /** A condition, for whoever answers it here and for the server. */
  record Clause(Filter filter, JsonObject json) {
    static Clause of(SearchField field, Operator operator, JsonValue value) {
      return new Clause(
          new Filter.Leaf(new Condition(field, operator, value)),
          JsonObject.builder()
              .put("type", "filter")
              .put("field", field.path().text())
              .put("op", operator.text())
              .put("value", value)
              .build());
    }

    static Clause and(Clause left, Clause right) {
      return new Clause(
          new Filter.And(List.of(left.filter, right.filter)), both("and", left, right));
    }

    static Clause or(Clause left, Clause right) {
      return new Clause(new Filter.Or(List.of(left.filter, right.filter)), both("or", left, right));
    }

    Clause not() {
      return new Clause(
          new Filter.Not(filter),
          JsonObject.builder().put("type", "not").put("filter", json).build());
    }

    private static JsonObject both(String type, Clause left, Clause right) {
      return JsonObject.builder()
          .put("type", type)
          .put("filters", new JsonArray(List.of(left.json, right.json)))
          .build();
    }
  }

  private record Text(TextQuery query, JsonValue json) {}

  private final Optional<Clause> clause;
  private final Optional<Text> text;
  private final List<SortKey> sort;
  private final int limit;
  private final Optional<String> after;
  private final Optional<List<LeafPath>> fields;
  private final boolean server;

  private Query(
      Optional<Clause> clause,
      Optional<Text> text,
      List<SortKey> sort,
      int limit,
      Optional<String> after,
      Optional<List<LeafPath>> fields,
      boolean server) {
    this.clause = clause;
    this.text = text;
    this.sort = List.copyOf(sort);
    this.limit = limit;
    this.after = after;
    this.fields = fields;
    this.server = server;
  }

  /** All documents, {@value #MAX_LIMIT} in one result. */
  public static <T> Query<T> all() {
    return new Query<>(
        Optional.empty(),
        Optional.empty(),
        List.of(),
        MAX_LIMIT,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /**
   * Asks of a field, besides what is asked already.
   *
   * @param path names with dots between, {@code %2E} for a dot in a name; or {@code _key}, {@code
   *     _rev}, {@code _owner}
   * @throws IllegalArgumentException if there is no such field
   */
  public Where<T, Object> where(String path) {
    return new Where<>(this, SearchField.parse(path));
  }

  /**
   * Asks of the field that a method of {@code T} gives, as {@code Task::title}.
   *
   * @throws IllegalArgumentException if it cannot be told which that is: the name has to be given
   *     then
   */
  public <V> Where<T, V> where(Field<T, V> field) {
    return new Where<>(this, SearchField.parse(LeafPath.ofField(field.name()).text()));
  }

  /** The same as {@link #where(String)}. */
  public Where<T, Object> and(String path) {
    return where(path);
  }

  /** The same as {@link #where(Field)}. */
  public <V> Where<T, V> and(Field<T, V> field) {
    return where(field);
  }

  /** What this finds, if the conditions of {@code other} find it, too. */
  public Query<T> and(Query<T> other) {
    return with(
        clause.isPresent() && other.clause.isPresent()
            ? Optional.of(Clause.and(clause.get(), other.clause.get()))
            : clause.or(() -> other.clause));
  }

  /** What this finds, and what the conditions of {@code other} find. */
  public Query<T> or(Query<T> other) {
    boolean all = clause.isEmpty() || other.clause.isEmpty();
    return with(
        all
            ? Optional.empty()
            : Optional.of(Clause.or(clause.orElseThrow(), other.clause.orElseThrow())));
  }

  /** What the conditions of this do not find. */
  public Query<T> not() {
    Clause all = new Clause(new Filter.And(List.of()), EMPTY_AND);
    return with(Optional.of(clause.orElse(all).not()));
  }

  private static final JsonObject EMPTY_AND =
      JsonObject.builder().put("type", "and").put("filters", new JsonArray(List.of())).build();

  Query<T> with(SearchField field, Operator operator, JsonValue value) {
    Clause one = Clause.of(field, operator, value);
    return with(Optional.of(clause.map(before -> Clause.and(before, one)).orElse(one)));
  }

  private Query<T> with(Optional<Clause> other) {
    return new Query<>(other, text, sort, limit, after, fields, server);
  }

  /**
   * Only documents with these words, the last one at least begun.
   *
   * @param paths where to look; everywhere if there are none
   */
  public Query<T> text(String words, String... paths) {
    if (words.length() > TextQuery.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the text has more than " + TextQuery.MAX_LENGTH + " characters");
    }
    List<LeafPath> where = Arrays.stream(paths).map(LeafPath::parse).toList();
    JsonValue json =
        where.isEmpty()
            ? new JsonString(words)
            : JsonObject.builder().put("query", words).put("fields", strings(where)).build();
    Text other = new Text(new TextQuery(words, where), json);
    return new Query<>(clause, Optional.of(other), sort, limit, after, fields, server);
  }

  /** In the order of a field, among those that are the same in the orders asked for before. */
  public Query<T> orderBy(String path) {
    return sorted(SearchField.parse(path), false);
  }

  /** As {@link #orderBy(String)}, with the greatest first. */
  public Query<T> orderByDescending(String path) {
    return sorted(SearchField.parse(path), true);
  }

  /** In the order of the field that a method gives; see {@link #where(Field)}. */
  public Query<T> orderBy(Field<T, ?> field) {
    return sorted(SearchField.parse(LeafPath.ofField(field.name()).text()), false);
  }

  /** As {@link #orderBy(Field)}, with the greatest first. */
  public Query<T> orderByDescending(Field<T, ?> field) {
    return sorted(SearchField.parse(LeafPath.ofField(field.name()).text()), true);
  }

  private Query<T> sorted(SearchField field, boolean descending) {
    if (sort.size() == SortKey.MAX_KEYS) {
      throw new IllegalArgumentException("an order has at most " + SortKey.MAX_KEYS + " fields");
    }
    List<SortKey> more = new ArrayList<>(sort);
    more.add(new SortKey(field, descending));
    return new Query<>(clause, text, more, limit, after, fields, server);
  }

  /** At most so many documents in one result, 1 to {@value #MAX_LIMIT}. */
  public Query<T> limit(int most) {
    if (most < 1 || most > MAX_LIMIT) {
      throw new IllegalArgumentException("a result has 1 to " + MAX_LIMIT + " documents");
    }
    return new Query<>(clause, text, sort, most, after, fields, server);
  }

  /** What comes behind a result that gave {@link Result#after()}. */
  public Query<T> after(String place) {
    return new Query<>(clause, text, sort, limit, Optional.of(place), fields, server);
  }

  /** Only these fields of each document, with what is below them. */
  public Query<T> fields(String... paths) {
    List<LeafPath> kept = Arrays.stream(paths).map(LeafPath::parse).toList();
    return new Query<>(clause, text, sort, limit, after, Optional.of(kept), server);
  }

  /** Whether the server is asked, and this device only if it cannot be; false if not said. */
  public Query<T> server(boolean asked) {
    return new Query<>(clause, text, sort, limit, after, fields, asked);
  }

  // What answers it.

  boolean matches(Candidate document) {
    return clause.map(one -> one.filter.matches(document)).orElse(true)
        && text.map(one -> one.query.matches(document.fields())).orElse(true);
  }

  SortPosition position(Candidate document) {
    return SortPosition.of(document, order());
  }

  Comparator<SortPosition> comparator() {
    return SortPosition.order(order());
  }

  private List<SortKey> order() {
    return sort.isEmpty() ? COMMITTED : sort;
  }

  int sorts() {
    return order().size();
  }

  /** Whether all fields of a document are asked for. */
  boolean isWhole() {
    return fields.isEmpty();
  }

  JsonObject shown(JsonObject document) {
    return fields.map(paths -> new Projection(paths).of(document)).orElse(document);
  }

  int limit() {
    return limit;
  }

  Optional<String> after() {
    return after;
  }

  boolean asksServer() {
    return server;
  }

  /** As the server is asked, but for the collection. */
  JsonObject body() {
    JsonObject.Builder body = JsonObject.builder();
    clause.ifPresent(one -> body.put("filter", one.json));
    text.ifPresent(one -> body.put("text", one.json));
    if (!sort.isEmpty()) {
      List<JsonValue> keys = new ArrayList<>();
      for (SortKey key : sort) {
        keys.add(
            JsonObject.builder()
                .put("field", key.field().path().text())
                .put("dir", key.descending() ? "desc" : "asc")
                .build());
      }
      body.put("sort", new JsonArray(keys));
    }
    body.put("limit", limit);
    after.ifPresent(place -> body.put("after", place));
    fields.ifPresent(paths -> body.put("fields", strings(paths)));
    return body.build();
  }

  private static JsonArray strings(List<LeafPath> paths) {
    return new JsonArray(
        paths.stream().<JsonValue>map(path -> new JsonString(path.text())).toList());
  }

  @Override
  public String toString() {
    return body().toString();
  }
}
