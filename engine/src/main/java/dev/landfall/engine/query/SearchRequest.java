package dev.landfall.engine.query;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonMembers;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.index.TermCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A search.
 *
 * @param sort empty for the order in which documents were committed
 * @param limit 1 to {@value #MAX_LIMIT}
 * @param after what the page before gave
 * @param projection all fields if empty
 * @param owners whether the client tells documents of one key by their owners
 */
public record SearchRequest(
    CollectionName collection,
    Optional<Filter> filter,
    Optional<TextQuery> text,
    List<SortKey> sort,
    int limit,
    Optional<String> after,
    Optional<Projection> projection,
    boolean owners) {
  /** The most results of a page. */
  public static final int MAX_LIMIT = 1_000;

  /** How many results a page has if the client does not say. */
  public static final int DEFAULT_LIMIT = 100;

  public SearchRequest {
    sort = List.copyOf(sort);
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " results");
    }
  }

  /** Whether {@code document} is found. */
  public boolean matches(Candidate document) {
    return filter.map(one -> one.matches(document)).orElse(true)
        && text.map(one -> one.matches(document.fields())).orElse(true);
  }

  /**
   * The members of a delivered document that {@link #matches} and the order look at; empty if they
   * may look at all of them.
   */
  public Optional<JsonMembers> membersLookedAt() {
    if (text.isPresent() && text.get().fields().isEmpty()) {
      return Optional.empty();
    }
    Set<String> tops = new TreeSet<>();
    Stream.concat(filter.stream().flatMap(Filter::fields), sort.stream().map(SortKey::field))
        .filter(field -> !field.isProtocol() || field.isRevision())
        .forEach(field -> tops.add(field.path().names().get(0)));
    text.ifPresent(query -> query.fields().forEach(path -> tops.add(path.names().get(0))));
    boolean fieldsOnly = tops.stream().noneMatch(top -> top.startsWith("_"));
    return Optional.of(
        new JsonMembers(tops, fieldsOnly ? Optional.of(WireForm.KEY) : Optional.empty()));
  }

  /** What an index can say. */
  public IndexPlan plan(IndexedFields indexes) {
    IndexPlan byFilter = filter.map(one -> one.plan(indexes)).orElse(IndexPlan.EVERYTHING);
    return text.map(TextQuery::plan).orElse(IndexPlan.EVERYTHING).and(byFilter);
  }

  /**
   * A short text that the other pages of this query have too, and no other query.
   *
   * @param asker who asks, and for whom
   */
  public String fingerprint(String asker) {
    return TermCode.hash(
        String.join(
            "\n", asker, collection.value(), "" + filter, "" + text, "" + sort, "" + owners));
  }
}
