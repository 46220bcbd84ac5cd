package dev.landfall.engine.query;

import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.engine.index.TermCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an index can say of a question: of each element at least one range holds a term of every
 * document that answers with yes. Documents that answer with no may have such terms too.
 *
 * @param all empty if an index can say nothing
 */
public record IndexPlan(List<List<TermRange>> all) {
  /** Every document may answer with yes. */
  public static final IndexPlan EVERYTHING = new IndexPlan(List.of());

  private static final TermRange TOO_MANY = TermRange.of(TermCode.TOO_MANY_VALUES);
  private static final int MAX_PARTS = 16;
  private static final int MAX_RANGES = 1_100;

  public IndexPlan {
    all = all.stream().map(List::copyOf).toList();
  }

  /** A word of the document, if its words are indexed. */
  static IndexPlan word(TermRange word) {
    return any(List.of(word, TermRange.of(TermCode.TOO_MANY_WORDS)));
  }

  /** A value of a field, if the values of the document are indexed. */
  static IndexPlan value(List<TermRange> ranges) {
    List<TermRange> any = new ArrayList<>(ranges);
    any.add(TOO_MANY);
    return any(any);
  }

  /** One of these ranges. */
  private static IndexPlan any(List<TermRange> ranges) {
    return ranges.isEmpty() || ranges.size() > MAX_RANGES
        ? EVERYTHING
        : new IndexPlan(List.of(ranges));
  }

  /** This question and another. */
  IndexPlan and(IndexPlan other) {
    List<List<TermRange>> both = new ArrayList<>(all);
    both.addAll(other.all);
    return new IndexPlan(both);
  }

  /** This question or another: the narrowest part of each, because all of its parts hold. */
  IndexPlan or(IndexPlan other) {
    if (all.isEmpty() || other.all.isEmpty()) {
      return EVERYTHING;
    }
    List<TermRange> either = new ArrayList<>(narrowest());
    either.addAll(other.narrowest());
    return any(either);
  }

  private List<TermRange> narrowest() {
    return all.stream().min(NARROW_FIRST).orElseThrow();
  }

  /** Single terms before ranges, few before many. */
  private static final Comparator<List<TermRange>> NARROW_FIRST =
      Comparator.comparing((List<TermRange> any) -> !any.stream().allMatch(IndexPlan::isNarrow))
          .thenComparing(List::size);

  private static boolean isNarrow(TermRange range) {
    return range.isOneTerm();
  }

  /** As a store is asked; empty if that would narrow nothing. */
  public Optional<TermQuery> query() {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TermQuery(
            together(all).stream().distinct().sorted(NARROW_FIRST).limit(MAX_PARTS).toList()));
  }

  /** What is asked of the only value of a field is asked at once: between two bounds it is few. */
  private static List<List<TermRange>> together(List<List<TermRange>> all) {
    Map<String, List<TermRange>> fields = new LinkedHashMap<>();
    List<List<TermRange>> together = new ArrayList<>();
    for (List<TermRange> any : all) {
      Optional<String> field = onlyField(any);
      if (field.isPresent()) {
        fields.merge(field.get(), any, IndexPlan::common);
      } else {
        together.add(any);
      }
    }
    together.addAll(fields.values());
    return together;
  }

  /** The field whose only value is in one range, if the document has not too many values. */
  private static Optional<String> onlyField(List<TermRange> any) {
    return any.size() == 2 && any.get(1).equals(TOO_MANY)
        ? TermCode.onlyOne(any.get(0))
        : Optional.empty();
  }

  private static List<TermRange> common(List<TermRange> one, List<TermRange> other) {
    return Stream.concat(one.get(0).common(other.get(0)).stream(), Stream.of(TOO_MANY)).toList();
  }
}
