package dev.landfall.engine.simulation;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What people type. Every value names the write it comes from, {@code w12}; a line of a text names
 * its own, {@code w12.3}.
 */
final class Workload {
  private static final List<String> SCALARS = List.of("title", "done", "n");
  private static final List<String> AWKWARD = List.of("a.b", "a%25", "%", "50%");
  private static final List<LeafPath> NESTED =
      List.of(new LeafPath("o.a"), new LeafPath("o.b"), new LeafPath("o.c.d"));

  private Workload() {}

  /** Another version of {@code document}. */
  static JsonObject edit(
      JsonObject document, Options.Edits allowed, SplittableRandom random, IntSupplier ids) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>(Leaves.of(document));
    one(leaves, allowed, random, ids);
    if (random.nextInt(4) == 0) {
      one(
          leaves,
          new Options.Edits(
              true, true, allowed.flips(), true, false, false, allowed.awkwardNames()),
          random,
          ids);
    }
    JsonObject edited = Leaves.join(leaves);
    return allowed.awkwardNames() ? named(edited, random, ids) : edited;
  }

  /** With a field of an awkward name, put there without the help of paths. */
  private static JsonObject named(JsonObject document, SplittableRandom random, IntSupplier ids) {
    Map<String, JsonValue> members = new LinkedHashMap<>(document.members());
    members.put(AWKWARD.get(random.nextInt(AWKWARD.size())), scalar(random, ids));
    return JsonObject.of(members);
  }

  private static void one(
      Map<LeafPath, JsonValue> leaves,
      Options.Edits allowed,
      SplittableRandom random,
      IntSupplier ids) {
    int kind = random.nextInt(10);
    if (kind < 4 && allowed.texts() && random.nextBoolean()) {
      text(leaves, LeafPath.ofField("note"), random, ids);
    } else if (kind < 4 && allowed.nested()) {
      set(leaves, NESTED.get(random.nextInt(NESTED.size())), scalar(random, ids));
    } else if (kind == 4 && allowed.flips()) {
      if (random.nextBoolean()) {
        set(leaves, LeafPath.ofField("o"), scalar(random, ids));
      } else {
        set(leaves, new LeafPath("title.x"), scalar(random, ids));
      }
    } else if (kind == 5 && allowed.arrays()) {
      set(leaves, LeafPath.ofField("tags"), new JsonArray(List.of(scalar(random, ids))));
    } else if (kind == 6 && allowed.removals() && !leaves.isEmpty()) {
      List<LeafPath> paths = new ArrayList<>(new TreeSet<>(leaves.keySet()));
      leaves.remove(paths.get(random.nextInt(paths.size())));
    } else {
      List<String> names = allowed.awkwardNames() ? AWKWARD : SCALARS;
      set(leaves, LeafPath.ofField(names.get(random.nextInt(names.size()))), scalar(random, ids));
    }
  }

  private static JsonValue scalar(SplittableRandom random, IntSupplier ids) {
    int id = ids.getAsInt();
    return random.nextBoolean() ? JsonNumber.of(1_000_000L + id) : new JsonString("w" + id);
  }

  private static void set(Map<LeafPath, JsonValue> leaves, LeafPath path, JsonValue value) {
    path.ancestors().forEach(leaves::remove);
    leaves.keySet().removeIf(leaf -> leaf.ancestors().contains(path));
    leaves.put(path, value);
  }

  private static void text(
      Map<LeafPath, JsonValue> leaves, LeafPath path, SplittableRandom random, IntSupplier ids) {
    if (leaves.get(path) instanceof JsonString && random.nextInt(6) == 0) {
      leaves.put(path, new JsonString(""));
      return;
    }
    int id = ids.getAsInt();
    if (!(leaves.get(path) instanceof JsonString old) || old.value().isEmpty()) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 4 || random.nextInt(3) > 0; i++) {
        text.append('w').append(id).append('.').append(i).append('\n');
      }
      set(leaves, path, new JsonString(text.toString()));
      return;
    }
    List<String> lines = new ArrayList<>(List.of(old.value().split("\n", -1)));
    lines.remove(lines.size() - 1);
    int at = random.nextInt(lines.size());
    if (random.nextInt(3) == 0) {
      lines.add(at, "w" + id + ".0");
    } else {
      lines.set(at, "w" + id + ".0");
    }
    leaves.put(path, new JsonString(String.join("\n", lines) + "\n"));
  }

  /** The writes that a value comes from; none if there is no value, or an empty text. */
  static Set<Integer> writes(@Nullable JsonValue value) {
    Set<Integer> writes = new TreeSet<>();
    collect(value, writes);
    return writes;
  }

  private static void collect(@Nullable JsonValue value, Set<Integer> writes) {
    if (value instanceof JsonNumber number) {
      writes.add(number.value().intValueExact() - 1_000_000);
    } else if (value instanceof JsonString string && !string.value().isEmpty()) {
      for (String line : string.value().split("\n")) {
        int dot = line.indexOf('.');
        writes.add(Integer.parseInt(line.substring(1, dot < 0 ? line.length() : dot)));
      }
    } else if (value instanceof JsonArray array) {
      array.values().forEach(element -> collect(element, writes));
    } else if (value instanceof JsonObject object) {
      object.members().values().forEach(member -> collect(member, writes));
    }
  }
}
