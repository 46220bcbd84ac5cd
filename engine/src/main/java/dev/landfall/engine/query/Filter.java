package dev.landfall.engine.query;

import dev.landfall.engine.index.IndexedFields;
import java.util.List;
import java.util.stream.Stream;

/** A question that each document answers with yes or no. */
public sealed interface Filter {
  /** How deep filters may stand in each other. */
  int MAX_DEPTH = 32;

  /** How many filters there may be in one. */
  int MAX_NODES = 256;

  /** Whether {@code document} answers with yes. */
  boolean matches(Candidate document);

  /** What an index can say of it. */
  IndexPlan plan(IndexedFields indexes);

  /** What of a document it looks at. */
  Stream<SearchField> fields();

  /** All of them; yes if there are none. */
  record And(List<Filter> filters) implements Filter {
    public And {
      filters = List.copyOf(filters);
    }

    @Override
    public boolean matches(Candidate document) {
      return filters.stream().allMatch(filter -> filter.matches(document));
    }

    @Override
    public Stream<SearchField> fields() {
      return filters.stream().flatMap(Filter::fields);
    }

    @Override
    public IndexPlan plan(IndexedFields indexes) {
      return filters.stream()
          .map(filter -> filter.plan(indexes))
          .reduce(IndexPlan.EVERYTHING, IndexPlan::and);
    }
  }

  /** One of them; no if there are none. */
  record Or(List<Filter> filters) implements Filter {
    public Or {
      filters = List.copyOf(filters);
    }

    @Override
    public boolean matches(Candidate document) {
      return filters.stream().anyMatch(filter -> filter.matches(document));
    }

    @Override
    public Stream<SearchField> fields() {
      return filters.stream().flatMap(Filter::fields);
    }

    @Override
    public IndexPlan plan(IndexedFields indexes) {
      return filters.stream()
          .map(filter -> filter.plan(indexes))
          .reduce(IndexPlan::or)
          .orElse(IndexPlan.EVERYTHING);
    }
  }

  /** Not that one. */
  record Not(Filter filter) implements Filter {
    @Override
    public boolean matches(Candidate document) {
      return !filter.matches(document);
    }

    @Override
    public Stream<SearchField> fields() {
      return filter.fields();
    }

    @Override
    public IndexPlan plan(IndexedFields indexes) {
      return IndexPlan.EVERYTHING;
    }
  }

  /** What is asked of one field. */
  record Leaf(Condition condition) implements Filter {
    @Override
    public boolean matches(Candidate document) {
      return condition.matches(document);
    }

    @Override
    public Stream<SearchField> fields() {
      return Stream.of(condition.field());
    }

    @Override
    public IndexPlan plan(IndexedFields indexes) {
      return condition.plan(indexes);
    }
  }
}
