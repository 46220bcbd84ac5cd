package dev.landfall.engine.query;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.index.TermCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * In which order an index has the documents of an order that is asked for: those with terms in one
 * part come before those of the next, and within a part that is one range before those with terms
 * further on, or further back.
 *
 * @param unordered the term of documents that may come anywhere
 * @param parts each one range or several
 * @param ties how documents with the same term are ordered, if by owner and key
 */
public record FieldOrder(
    TermRange unordered, List<List<TermRange>> parts, boolean descending, Optional<Ties> ties) {
  private static final String BEFORE_ALL = " ";
  private static final String AFTER_ALL = "\u007f";

  /**
   * The order of a search, if an index has it.
   *
   * @param from behind which place, everything if empty
   * @param query what is asked of the documents besides; spares what it leaves out
   */
  public static Optional<FieldOrder> of(
      IndexedFields indexes,
      List<SortKey> sort,
      Optional<SortPosition> from,
      Optional<TermQuery> query) {
    if (sort.isEmpty()
        || sort.get(0).field().isProtocol()
        || !indexes.paths().contains(sort.get(0).field().path())) {
      return Optional.empty();
    }
    String field = TermCode.field(TermCode.FIELD, sort.get(0).field().path());
    boolean descending = sort.get(0).descending();
    TermRange within = query.map(one -> within(one, field)).orElse(TermRange.startingWith(field));
    List<List<TermRange>> parts = parts(field, descending);
    from.map(place -> TermCode.orMissing(field, place.first()))
        .ifPresent(term -> begin(parts, term, descending));
    List<List<TermRange>> narrow = new ArrayList<>();
    for (List<TermRange> part : parts) {
      List<TermRange> left = part.stream().flatMap(range -> range.common(within).stream()).toList();
      if (!left.isEmpty()) {
        narrow.add(left);
      }
    }
    TermRange unordered = TermRange.of(TermCode.TOO_MANY_VALUES);
    Optional<Ties> ties =
        sort.size() > 1
            ? Optional.empty()
            : Optional.of(
                new Ties(
                    from.map(place -> TermCode.orMissing(field, place.first())),
                    from.map(SortPosition::id)));
    return Optional.of(new FieldOrder(unordered, narrow, descending, ties));
  }

  /**
   * Documents with the same value come in the order of owners and keys.
   *
   * @param term the one of the place where the search begins
   * @param document the one there
   */
  public record Ties(Optional<String> term, Optional<DocumentId> document) {
    /** Behind which document those with {@code of} begin. */
    public Optional<DocumentId> passed(String of) {
      return term.equals(Optional.of(of)) ? document : Optional.empty();
    }
  }

  /** How documents with {@code term} are ordered; empty if not by owner and key. */
  public Optional<Ties> ties(String term) {
    return TermCode.isOneValue(term) ? ties : Optional.empty();
  }

  /** What of {@code range} comes before {@code term}; empty if that is nothing. */
  public Optional<TermRange> before(TermRange range, String term) {
    String from = descending ? term + BEFORE_ALL : range.from();
    String to = descending ? range.to() : term;
    return from.compareTo(to) < 0 ? Optional.of(new TermRange(from, to)) : Optional.empty();
  }

  /** In the order of {@link SortValue}. */
  private static List<List<TermRange>> parts(String field, boolean descending) {
    List<List<TermRange>> parts = new ArrayList<>();
    parts.add(List.of(TermRange.of(field + TermCode.MISSING)));
    parts.add(List.of(TermRange.startingWith(field + TermCode.NULL)));
    parts.add(List.of(TermRange.startingWith(field + TermCode.BOOLEAN)));
    parts.add(List.of(TermRange.startingWith(field + TermCode.NUMBER)));
    parts.add(List.of(TermRange.startingWith(field + TermCode.STRING)));
    parts.add(
        List.of(
            TermRange.startingWith(field + TermCode.ARRAY),
            TermRange.startingWith(field + TermCode.OBJECT)));
    if (descending) {
      Collections.reverse(parts);
    }
    return parts;
  }

  /** Leaves out what comes before {@code term}. */
  private static void begin(List<List<TermRange>> parts, String term, boolean descending) {
    while (parts.get(0).stream().noneMatch(range -> holds(range, term))) {
      parts.remove(0);
    }
    List<TermRange> first = parts.get(0);
    if (first.size() == 1) {
      TermRange rest =
          descending
              ? new TermRange(first.get(0).from(), term + BEFORE_ALL)
              : new TermRange(term, first.get(0).to());
      parts.set(0, List.of(rest));
    }
  }

  private static boolean holds(TermRange range, String term) {
    return range.from().compareTo(term) <= 0 && term.compareTo(range.to()) < 0;
  }

  /** Between which terms of the field a query finds anything. */
  private static TermRange within(TermQuery query, String field) {
    TermRange within = TermRange.startingWith(field);
    for (List<TermRange> any : query.all()) {
      List<TermRange> ordered =
          any.stream()
              .filter(range -> !range.from().equals(TermCode.TOO_MANY_VALUES))
              .sorted((a, b) -> a.from().compareTo(b.from()))
              .toList();
      if (!ordered.isEmpty() && ordered.stream().allMatch(range -> isOf(range, field))) {
        String end = ordered.stream().map(TermRange::to).max(String::compareTo).orElseThrow();
        TermRange whole = new TermRange(ordered.get(0).from(), end);
        within = within.common(whole).orElse(within);
      }
    }
    return within;
  }

  private static boolean isOf(TermRange range, String field) {
    return range.from().startsWith(field) && range.to().compareTo(field + AFTER_ALL) <= 0;
  }

  /** What of {@code range} comes first: up to {@code term} with it. */
  public TermRange upTo(TermRange range, String term) {
    return descending
        ? new TermRange(term, range.to())
        : new TermRange(range.from(), term + BEFORE_ALL);
  }

  /** What of {@code range} comes behind {@code term}; empty if that is nothing. */
  public Optional<TermRange> behind(TermRange range, String term) {
    String from = descending ? range.from() : term + BEFORE_ALL;
    String to = descending ? term : range.to();
    return from.compareTo(to) < 0 ? Optional.of(new TermRange(from, to)) : Optional.empty();
  }

  /** {@code query} among those whose terms are in one of {@code ranges}. */
  public static TermQuery among(Optional<TermQuery> query, List<TermRange> ranges) {
    List<List<TermRange>> all = new ArrayList<>(query.map(TermQuery::all).orElse(List.of()));
    all.removeIf(any -> ranges.stream().allMatch(range -> holds(any, range)));
    all.add(ranges);
    return new TermQuery(all);
  }

  private static boolean holds(List<TermRange> any, TermRange range) {
    return any.stream().anyMatch(one -> one.contains(range));
  }
}
