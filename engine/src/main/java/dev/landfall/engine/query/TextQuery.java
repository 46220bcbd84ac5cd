package dev.landfall.engine.query;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.TermRange;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.index.TermCode;
import dev.landfall.engine.index.Words;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Words that all have to be in the strings of a document, the last one at least its start. A text
 * without words is in every document.
 */
public final class TextQuery {
  /** The most characters of a text. */
  public static final int MAX_LENGTH = 1_000;

  /** The most fields to look in. */
  public static final int MAX_FIELDS = 100;

  private final String text;
  private final List<LeafPath> fields;
  private final Set<String> words;
  private final Optional<String> start;

  /**
   * A text.
   *
   * @param fields where to look, at them and below; everywhere if there are none
   */
  public TextQuery(String text, List<LeafPath> fields) {
    this.text = text;
    this.fields = List.copyOf(fields);
    List<String> found = Words.query(text);
    this.start = found.isEmpty() ? Optional.empty() : Optional.of(found.get(found.size() - 1));
    // not Set.copyOf: words made to collide would make it quadratic
    this.words =
        Collections.unmodifiableSet(
            new LinkedHashSet<>(found.subList(0, Math.max(0, found.size() - 1))));
  }

  /** What an index can say of it. */
  IndexPlan plan() {
    IndexPlan plan = IndexPlan.EVERYTHING;
    for (String word : words) {
      plan = plan.and(IndexPlan.word(TermRange.of(TermCode.word(word))));
    }
    return start.isPresent()
        ? plan.and(IndexPlan.word(TermRange.startingWith(TermCode.word(start.get()))))
        : plan;
  }

  /** Where it looks; everywhere if there are none. */
  List<LeafPath> fields() {
    return fields;
  }

  /** Whether the words are in a document. */
  public boolean matches(JsonObject document) {
    if (start.isEmpty()) {
      return true;
    }
    Search search = new Search();
    if (fields.isEmpty()) {
      search.look(document);
    }
    for (LeafPath field : fields) {
      field.in(document).ifPresent(search::look);
    }
    return search.isDone();
  }

  /** Looks through one document until everything is found. */
  private final class Search {
    private final Set<String> missing = new HashSet<>(words);
    private boolean started;

    void look(JsonValue value) {
      if (isDone()) {
        return;
      }
      if (value instanceof JsonString string) {
        Words.index(string.value(), this::found);
      } else if (value instanceof JsonArray array) {
        array.values().forEach(this::look);
      } else if (value instanceof JsonObject object) {
        object.members().values().forEach(this::look);
      }
    }

    private void found(String word) {
      missing.remove(word);
      started = started || word.startsWith(start.orElse(""));
    }

    boolean isDone() {
      return started && missing.isEmpty();
    }
  }

  @Override
  public String toString() {
    return new JsonString(text)
        + " in "
        + fields.stream().map(path -> new JsonString(path.text())).toList();
  }
}
