package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How existing clients merge an answer into what they hold, top-level field by field. */
final class LegacyMerge {
  private LegacyMerge() {}

  static JsonObject merge(
      JsonObject base,
      JsonObject local,
      Map<String, HybridTimestamp> localClocks,
      JsonObject remote,
      Map<String, HybridTimestamp> remoteClocks) {
    Set<String> fields = new LinkedHashSet<>(local.members().keySet());
    fields.addAll(remote.members().keySet());
    fields.addAll(base.members().keySet());
    Map<String, JsonValue> merged = new LinkedHashMap<>();
    for (String field : fields) {
      JsonValue value =
          field(
              base.get(field),
              local.get(field),
              localClocks.getOrDefault(field, HybridTimestamp.ZERO),
              remote.get(field),
              remoteClocks.getOrDefault(field, HybridTimestamp.ZERO));
      if (value != null) {
        merged.put(field, value);
      }
    }
    return JsonObject.of(merged);
  }

  private static @Nullable JsonValue field(
      @Nullable JsonValue base,
      @Nullable JsonValue local,
      HybridTimestamp localClock,
      @Nullable JsonValue remote,
      HybridTimestamp remoteClock) {
    boolean localChanged = !Client.identical(local, base);
    boolean remoteChanged = !Client.identical(remote, base);
    if (!remoteChanged) {
      return local;
    }
    if (!localChanged) {
      return remote;
    }
    if (local instanceof JsonString ours && remote instanceof JsonString theirs) {
      String from = base instanceof JsonString text ? text.value() : "";
      Optional<String> text = text(from, ours.value(), theirs.value());
      if (text.isPresent()) {
        return new JsonString(text.get());
      }
    }
    return localClock.compareTo(remoteClock) >= 0 ? local : remote;
  }

  /** Base lines {@code from} to {@code to} replaced. */
  private record Hunk(int from, int to, List<String> lines) {}

  static Optional<String> text(String base, String local, String remote) {
    if (local.equals(base)) {
      return Optional.of(remote);
    }
    if (remote.equals(base) || local.equals(remote)) {
      return Optional.of(local);
    }
    List<String> lines = lines(base);
    List<Hunk> ours = hunks(lines, lines(local));
    List<Hunk> theirs = hunks(lines, lines(remote));
    List<Hunk> all = new ArrayList<>(ours);
    for (Hunk b : theirs) {
      for (Hunk a : ours) {
        boolean insertions = a.from == a.to && b.from == b.to;
        if (insertions ? a.from == b.from : a.from < b.to && b.from < a.to) {
          return Optional.empty();
        }
      }
      all.add(b);
    }
    all.sort((a, b) -> Integer.compare(b.from, a.from));
    List<String> merged = new ArrayList<>(lines);
    for (Hunk hunk : all) {
      List<String> place = merged.subList(hunk.from, hunk.to);
      place.clear();
      place.addAll(hunk.lines);
    }
    boolean newline = base.endsWith("\n") || local.endsWith("\n") || remote.endsWith("\n");
    return Optional.of(String.join("\n", merged) + (newline ? "\n" : ""));
  }

  private static List<String> lines(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return List.of(body.split("\n", -1));
  }

  private static List<Hunk> hunks(List<String> base, List<String> edited) {
    int[][] common = new int[base.size() + 1][edited.size() + 1];
    for (int i = 1; i <= base.size(); i++) {
      for (int j = 1; j <= edited.size(); j++) {
        common[i][j] =
            base.get(i - 1).equals(edited.get(j - 1))
                ? common[i - 1][j - 1] + 1
                : Math.max(common[i - 1][j], common[i][j - 1]);
      }
    }
    int[] partner = new int[base.size()];
    java.util.Arrays.fill(partner, -1);
    int i = base.size();
    int j = edited.size();
    while (i > 0 && j > 0) {
      if (base.get(i - 1).equals(edited.get(j - 1))) {
        partner[--i] = --j;
      } else if (common[i][j - 1] >= common[i - 1][j]) {
        j--;
      } else {
        i--;
      }
    }
    List<Hunk> hunks = new ArrayList<>();
    int from = 0;
    int at = 0;
    for (int k = 0; k <= base.size(); k++) {
      if (k == base.size() || partner[k] >= 0) {
        int to = k == base.size() ? edited.size() : partner[k];
        if (from < k || at < to) {
          hunks.add(new Hunk(from, k, List.copyOf(edited.subList(at, to))));
        }
        from = k + 1;
        at = to + 1;
      }
    }
    return hunks;
  }
}
