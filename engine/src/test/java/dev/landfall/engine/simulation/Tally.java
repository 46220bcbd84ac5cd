package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What people did to the counters, the set and the bounds of one document, and what these have to
 * be in the end: nothing that arrived counts twice or not at all. Such fields belong to nobody's
 * last write, so the ledger leaves them out.
 */
final class Tally {
  private static final LeafPath COUNT = new LeafPath("count");
  private static final LeafPath VISITS = new LeafPath("stats.visits");
  private static final LeafPath LABELS = new LeafPath("labels");
  private static final LeafPath HIGH = new LeafPath("high");
  private static final LeafPath LOW = new LeafPath("low");

  /** How a collection with such fields merges them. */
  static final MergeStrategies STRATEGIES =
      new MergeStrategies(
          Map.of(
              COUNT, MergeStrategy.COUNTER,
              VISITS, MergeStrategy.COUNTER,
              LABELS, MergeStrategy.SET,
              HIGH, MergeStrategy.MAX,
              LOW, MergeStrategy.MIN));

  /** One act; only the request that carries it knows whether it arrived. */
  static final class Entry {
    final String document;
    final LeafPath path;
    final int amount;
    final Optional<String> added;
    final Optional<String> removed;
    HybridTimestamp stamp = HybridTimestamp.ZERO;
    boolean arrived;

    private Entry(
        String document,
        LeafPath path,
        int amount,
        Optional<String> added,
        Optional<String> removed) {
      this.document = document;
      this.path = path;
      this.amount = amount;
      this.added = added;
      this.removed = removed;
    }

    @Override
    public String toString() {
      return path.text()
          + added.map(label -> " +" + label).orElse("")
          + removed.map(label -> " -" + label).orElse("")
          + (amount == 0 ? "" : " " + amount)
          + (arrived ? " arrived" : "");
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /** Whether something happened that makes the sums unknowable. */
  private boolean blurred;

  static boolean isTallied(LeafPath path) {
    return STRATEGIES.at(path).isPresent();
  }

  /** The leaves of a document that are not tallied. */
  static Map<LeafPath, JsonValue> without(JsonObject document) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>(Leaves.of(document));
    leaves.keySet().removeIf(Tally::isTallied);
    return leaves;
  }

  /** {@code document} with the tallied leaves of {@code other}. */
  static JsonObject merged(JsonObject document, JsonObject other) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>(Leaves.of(document));
    Leaves.of(other)
        .forEach(
            (path, value) -> {
              if (isTallied(path)) {
                leaves.put(path, value);
              }
            });
    return Leaves.join(leaves);
  }

  /** One act of a person who sees {@code before}; not yet noted. */
  record Act(JsonObject after, Entry entry) {}

  /** Some act. */
  static Act act(String key, JsonObject before, SplittableRandom random, IntSupplier ids) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>(Leaves.of(before));
    Entry entry;
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        LeafPath path = random.nextInt(3) == 0 ? VISITS : COUNT;
        int by = random.nextInt(4) == 0 ? -1 : 1 + random.nextInt(3);
        leaves.put(path, JsonNumber.of(number(leaves.get(path)).orElse(0) + by));
        entry = new Entry(key, path, by, Optional.empty(), Optional.empty());
      }
      case 2, 3 -> {
        String label = "l" + ids.getAsInt();
        Set<String> labels = labels(leaves.get(LABELS));
        labels.add(label);
        leaves.put(LABELS, array(labels));
        entry = new Entry(key, LABELS, 0, Optional.of(label), Optional.empty());
      }
      case 4 -> {
        Set<String> labels = labels(leaves.get(LABELS));
        Optional<String> label = labels.stream().findFirst();
        label.ifPresent(labels::remove);
        if (label.isPresent()) {
          leaves.put(LABELS, array(labels));
        }
        entry = new Entry(key, LABELS, 0, Optional.empty(), label);
      }
      default -> {
        LeafPath path = random.nextBoolean() ? HIGH : LOW;
        int by = 1 + random.nextInt(9);
        int now = number(leaves.get(path)).orElse(0) + (path.equals(HIGH) ? by : -by);
        leaves.put(path, JsonNumber.of(now));
        entry = new Entry(key, path, now, Optional.empty(), Optional.empty());
      }
    }
    return new Act(Leaves.join(leaves), entry);
  }

  private static Optional<Integer> number(@Nullable JsonValue value) {
    return value instanceof JsonNumber number
        ? Optional.of(number.value().intValueExact())
        : Optional.empty();
  }

  private static Set<String> labels(@Nullable JsonValue value) {
    Set<String> labels = new TreeSet<>();
    if (value instanceof JsonArray array) {
      array.values().forEach(label -> labels.add(((JsonString) label).value()));
    }
    return labels;
  }

  private static JsonArray array(Set<String> labels) {
    return new JsonArray(labels.stream().<JsonValue>map(JsonString::new).toList());
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  /** Whether an act later than {@code clock} has arrived. */
  boolean hasAfter(HybridTimestamp clock) {
    return entries.stream().anyMatch(entry -> entry.arrived && entry.stamp.isAfter(clock));
  }

  /** From now on nothing can be said of the sums. */
  void blur() {
    blurred = true;
  }

  /** What is wrong with a document in the end. */
  Optional<String> check(JsonObject document) {
    if (blurred) {
      return Optional.empty();
    }
    Map<LeafPath, JsonValue> leaves = Leaves.of(document);
    for (LeafPath path : List.of(COUNT, VISITS)) {
      int sum = arrived(path).stream().mapToInt(entry -> entry.amount).sum();
      int is = number(leaves.get(path)).orElse(0);
      if (is != sum) {
        return wrong("I2: a counter is not the sum of what was added", path, is, sum);
      }
    }
    Set<String> labels = new TreeSet<>();
    arrived(LABELS).forEach(entry -> entry.added.ifPresent(labels::add));
    arrived(LABELS).forEach(entry -> entry.removed.ifPresent(labels::remove));
    Set<String> is = labels(leaves.get(LABELS));
    if (!is.equals(labels)) {
      return wrong("I2: a set is not what was added and not removed", LABELS, is, labels);
    }
    int high = arrived(HIGH).stream().mapToInt(entry -> entry.amount).max().orElse(0);
    int low = arrived(LOW).stream().mapToInt(entry -> entry.amount).min().orElse(0);
    if (number(leaves.get(HIGH)).orElse(0) != high) {
      return wrong("I2: a maximum is not the greatest", HIGH, leaves.get(HIGH), high);
    }
    if (number(leaves.get(LOW)).orElse(0) != low) {
      return wrong("I2: a minimum is not the least", LOW, leaves.get(LOW), low);
    }
    return Optional.empty();
  }

  private List<Entry> arrived(LeafPath path) {
    return entries.stream().filter(entry -> entry.arrived && entry.path.equals(path)).toList();
  }

  private Optional<String> wrong(String what, LeafPath path, @Nullable Object is, Object due) {
    return Optional.of(what + ": " + path.text() + " is " + is + ", not " + due + " of " + entries);
  }
}
