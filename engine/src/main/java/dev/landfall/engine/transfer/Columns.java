package dev.landfall.engine.transfer;

import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.List;
import java.util.TreeSet;

/**
 * The columns of a table of documents: the paths of all their leaves. Not safe for concurrent use.
 */
public final class Columns {
  /** How many columns a table has at most. */
  public static final int MAX = 10_000;

  /** How many characters their names have at most, together. */
  public static final int MAX_CHARACTERS = 2_000_000;

  private final TreeSet<LeafPath> paths = new TreeSet<>();
  private long characters;

  /** No columns yet. */
  public Columns() {}

  /** Makes room for a document; whether there was room for all of it. */
  public boolean add(JsonObject fields) {
    for (LeafPath path : Leaves.of(fields).keySet()) {
      if (!paths.contains(path)) {
        characters += path.text().length();
        if (paths.size() == MAX || characters > MAX_CHARACTERS) {
          return false;
        }
        paths.add(path);
      }
    }
    return true;
  }

  /** The paths, sorted. */
  public List<LeafPath> paths() {
    return List.copyOf(paths);
  }

  /** How many characters the paths have together. */
  public long characters() {
    return characters;
  }
}
