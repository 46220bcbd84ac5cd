package dev.landfall.engine.index;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Terms;
import dev.landfall.engine.document.LeafPath;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * By what the documents of a collection are found: by their words, and by the values of the fields
 * that configuration lists.
 *
 * @param paths each once
 */
public record IndexedFields(List<LeafPath> paths) {
  /** Words only. */
  public static final IndexedFields NONE = new IndexedFields(List.of());

  /** The most paths of a collection. */
  public static final int MAX_PATHS = 64;

  private static final int MAX_WORDS = 15_000;
  private static final int MAX_VALUES = 4_900;

  public IndexedFields {
    paths = paths.stream().distinct().toList();
  }

  /**
   * A short text that changes when documents have to be indexed anew.
   *
   * @param configuration what is indexed
   */
  public static String version(String configuration) {
    return Words.VERSION + " " + TermCode.VERSION + " " + TermCode.hash(configuration);
  }

  /** The terms of a document with {@code fields}. */
  public Terms terms(JsonObject fields) {
    Set<String> terms = new HashSet<>();
    values(fields, terms);
    Set<String> words = new HashSet<>();
    if (!collect(fields, words)) {
      words = Set.of(TermCode.TOO_MANY_WORDS);
    }
    terms.addAll(words);
    return Terms.of(terms);
  }

  private static boolean collect(JsonValue value, Set<String> terms) {
    if (value instanceof JsonString text) {
      Words.index(text.value(), word -> terms.add(TermCode.word(word)));
    } else if (value instanceof JsonArray array) {
      for (JsonValue element : array.values()) {
        if (!collect(element, terms)) {
          return false;
        }
      }
    } else if (value instanceof JsonObject object) {
      for (JsonValue member : object.members().values()) {
        if (!collect(member, terms)) {
          return false;
        }
      }
    }
    return terms.size() <= MAX_WORDS;
  }

  private void values(JsonObject fields, Set<String> terms) {
    Set<String> values = new HashSet<>();
    for (LeafPath path : paths) {
      Optional<JsonValue> value = path.in(fields);
      values.add(TermCode.orMissing(TermCode.field(TermCode.FIELD, path), value));
      if (value.isPresent() && value.get() instanceof JsonArray array) {
        String field = TermCode.field(TermCode.ELEMENT, path);
        for (JsonValue element : array.values()) {
          values.add(TermCode.value(field, element));
        }
      }
      if (values.size() > MAX_VALUES) {
        terms.add(TermCode.TOO_MANY_VALUES);
        return;
      }
    }
    terms.addAll(values);
  }

  /** The paths, each in quotes. */
  @Override
  public String toString() {
    return paths.stream().map(path -> new JsonString(path.text())).toList().toString();
  }
}
