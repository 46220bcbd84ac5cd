package dev.landfall.engine.document;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a leaf is in a document: the names on the way to it, joined by dots, with a dot in a name
 * written {@code %2E} and a percent sign {@code %25}. Different places have different paths.
 *
 * @param text the joined names, escaped
 */
public record LeafPath(String text) implements Comparable<LeafPath> {

  /** The path of a top-level field. */
  public static LeafPath ofField(String name) {
    return new LeafPath(escape(name));
  }

  /** Reads a path as a client writes it; a percent sign that begins no escape is itself. */
  public static LeafPath parse(String text) {
    if (text.indexOf('%') < 0) {
      return new LeafPath(text);
    }
    StringBuilder canonical = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      canonical.append(c);
      if (c == '%' && !text.startsWith("2E", i + 1) && !text.startsWith("25", i + 1)) {
        canonical.append("25");
      }
    }
    return new LeafPath(canonical.toString());
  }

  /** The place of {@code name} below this one. */
  public LeafPath child(String name) {
    return new LeafPath(text + "." + escape(name));
  }

  /** The paths above this one, shortest first; none for a top-level field. */
  public List<LeafPath> ancestors() {
    int dot = text.indexOf('.');
    if (dot < 0) {
      return List.of();
    }
    List<LeafPath> ancestors = new ArrayList<>(4);
    for (; dot >= 0; dot = text.indexOf('.', dot + 1)) {
      ancestors.add(new LeafPath(text.substring(0, dot)));
    }
    return ancestors;
  }

  /** Whether this is a top-level field. */
  public boolean isTopLevel() {
    return text.indexOf('.') < 0;
  }

  /** Whether this is a top-level field whose name is written as it is. */
  public boolean isPlainField() {
    return text.indexOf('.') < 0 && text.indexOf('%') < 0;
  }

  /** The top-level field this is in, or is. */
  public LeafPath top() {
    int dot = text.indexOf('.');
    return dot < 0 ? this : new LeafPath(text.substring(0, dot));
  }

  /** The names on the way, unescaped, at least one. */
  public List<String> names() {
    List<String> names = new ArrayList<>(4);
    int start = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', start)) {
      names.add(unescape(text.substring(start, dot)));
      start = dot + 1;
    }
    names.add(unescape(text.substring(start)));
    return names;
  }

  /**
   * The value at this place in {@code fields}; empty if it is missing. Leads through objects only.
   */
  public Optional<JsonValue> in(JsonObject fields) {
    if (isTopLevel()) {
      return Optional.ofNullable(fields.get(unescape(text)));
    }
    List<String> names = names();
    JsonObject at = fields;
    for (String name : names.subList(0, names.size() - 1)) {
      if (!(at.get(name) instanceof JsonObject below)) {
        return Optional.empty();
      }
      at = below;
    }
    return Optional.ofNullable(at.get(names.get(names.size() - 1)));
  }

  @Override
  public int compareTo(LeafPath other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }

  private static String escape(String name) {
    if (name.indexOf('%') < 0 && name.indexOf('.') < 0) {
      return name;
    }
    return name.replace("%", "%25").replace(".", "%2E");
  }

  private static String unescape(String segment) {
    return segment.indexOf('%') < 0 ? segment : segment.replace("%2E", ".").replace("%25", "%");
  }
}
