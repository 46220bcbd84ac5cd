package dev.landfall.store.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which documents of a collection may answer a request, by the fields that ours have in common. It
 * knows texts and documents of nothing but texts; a document with anything else in such a field may
 * answer every request.
 */
final class QuickIndex {
  private static final List<List<String>> FIELDS =
      List.of(
          List.of("_id"),
          List.of("application", "reader", "feed"),
          List.of("application", "owner", "collection", "key"));

  private static final TreeSet<Integer> NONE = new TreeSet<>();

  /** For each of {@link #FIELDS} the places of documents, by the values of these fields. */
  private final List<Map<List<Object>, TreeSet<Integer>>> places = new ArrayList<>();

  QuickIndex() {
    FIELDS.forEach(fields -> places.add(new HashMap<>()));
  }

  void add(Document document, Integer place) {
    for (int i = 0; i < FIELDS.size(); i++) {
      List<Object> values = values(document, FIELDS.get(i));
      places.get(i).computeIfAbsent(values, unused -> new TreeSet<>()).add(place);
    }
  }

  void remove(Document document, Integer place) {
    for (int i = 0; i < FIELDS.size(); i++) {
      places
          .get(i)
          .computeIfPresent(
              values(document, FIELDS.get(i)),
              (values, some) -> some.remove(place) && some.isEmpty() ? null : some);
    }
  }

  /** In the order of their places; nothing if all of them may answer. */
  Optional<TreeSet<Integer>> candidates(Document query) {
    Optional<TreeSet<Integer>> fewest =
        query.get("$or") instanceof Collection<?> any ? ofAny(any) : Optional.empty();
    for (int i = 0; i < FIELDS.size(); i++) {
      List<Object> values = values(query, FIELDS.get(i));
      if (!values.isEmpty()) {
        TreeSet<Integer> some = candidates(places.get(i), values);
        if (fewest.isEmpty() || some.size() < fewest.get().size()) {
          fewest = Optional.of(some);
        }
      }
    }
    return fewest;
  }

  private static TreeSet<Integer> candidates(
      Map<List<Object>, TreeSet<Integer>> places, List<Object> values) {
    TreeSet<Integer> found = places.getOrDefault(values, NONE);
    TreeSet<Integer> unknown = places.getOrDefault(List.of(), NONE);
    if (unknown.isEmpty()) {
      return found;
    }
    TreeSet<Integer> both = new TreeSet<>(found);
    both.addAll(unknown);
    return both;
  }

  private Optional<TreeSet<Integer>> ofAny(Collection<?> queries) {
    TreeSet<Integer> all = new TreeSet<>();
    for (Object query : queries) {
      Optional<TreeSet<Integer>> some =
          query instanceof Document one ? candidates(one) : Optional.empty();
      if (some.isEmpty()) {
        return Optional.empty();
      }
      all.addAll(some.get());
    }
    return Optional.of(all);
  }

  /** Empty if one of them is missing or neither a text nor a document of texts. */
  private static List<Object> values(Document document, List<String> fields) {
    List<Object> values = new ArrayList<>();
    for (String field : fields) {
      Object value = document.get(field);
      if (value instanceof String) {
        values.add(value);
      } else if (value instanceof Document inner && isOfTexts(inner)) {
        values.add(inner.cloneDeeply());
      } else {
        return List.of();
      }
    }
    return values;
  }

  private static boolean isOfTexts(Document document) {
    for (Map.Entry<String, Object> field : document.entrySet()) {
      if (!(field.getValue() instanceof String) || field.getKey().startsWith("$")) {
        return false;
      }
    }
    return true;
  }
}
