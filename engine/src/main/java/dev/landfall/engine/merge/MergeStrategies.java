package dev.landfall.engine.merge;

import dev.landfall.engine.document.LeafPath;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The strategies configured for a collection.
 *
 * @param byPattern leaf paths, in which a segment {@code *} stands for any one segment; the first
 *     that fits counts
 */
public record MergeStrategies(Map<LeafPath, MergeStrategy> byPattern) {
  /** None configured. */
  public static final MergeStrategies NONE = new MergeStrategies(Map.of());

  public MergeStrategies {
    byPattern = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byPattern));
  }

  /** The strategy for {@code path}; none means the built-in rules. */
  public Optional<MergeStrategy> at(LeafPath path) {
    if (byPattern.isEmpty()) {
      return Optional.empty();
    }
    MergeStrategy exact = byPattern.get(path);
    if (exact != null) {
      return Optional.of(exact);
    }
    List<String> segments = segments(path);
    for (Map.Entry<LeafPath, MergeStrategy> entry : byPattern.entrySet()) {
      if (fits(segments(entry.getKey()), segments)) {
        return Optional.of(entry.getValue());
      }
    }
    return Optional.empty();
  }

  private static List<String> segments(LeafPath path) {
    return List.of(path.text().split("\\.", -1));
  }

  private static boolean fits(List<String> pattern, List<String> segments) {
    if (pattern.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < pattern.size(); i++) {
      if (!pattern.get(i).equals("*") && !pattern.get(i).equals(segments.get(i))) {
        return false;
      }
    }
    return true;
  }
}
