package dev.landfall.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Merging is idempotent, commutative and associative: whatever the order, repetition and grouping
 * in which edits arrive, the document is what one gets by making them in the order of their clocks.
 */
class MergeLawsTest {
  private static final UserId ALICE = new UserId("alice");
  private static final DocumentId PLAN =
      new DocumentId(ALICE, new CollectionName("plans"), new DocumentKey("plan"));
  private static final List<LeafPath> PATHS =
      List.of("a", "a.b", "a.b.c", "a.d", "e", "e.f", "g").stream().map(LeafPath::parse).toList();

  /** A write; a removal if there is no value. */
  private record Write(LeafPath path, Optional<JsonValue> value, HybridTimestamp clock) {}

  @Property(tries = 5000)
  void theOrderAndRepetitionOfEditsMakeNoDifference(@ForAll long seed) {
    Random random = new Random(seed);
    List<Write> writes = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      Optional<JsonValue> value =
          random.nextInt(4) == 0 ? Optional.empty() : Optional.of(JsonNumber.of(i));
      writes.add(
          new Write(
              PATHS.get(random.nextInt(PATHS.size())),
              value,
              new HybridTimestamp(1_000 + i, 0, "device" + i)));
    }
    JsonObject expected = reference(writes);
    List<Write> arrivals = new ArrayList<>(writes);
    for (int i = random.nextInt(4); i > 0; i--) {
      arrivals.add(writes.get(random.nextInt(writes.size())));
    }
    Collections.shuffle(arrivals, random);

    JsonObject merged = merge(arrivals, random);

    assertThat(merged).describedAs("%s arriving as %s", writes, arrivals).isEqualTo(expected);
  }

  /**
   * All writes in the order of their clocks, each leaf taking the place of what is above or below
   * it.
   */
  private static JsonObject reference(List<Write> writes) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>();
    List<Write> sorted = new ArrayList<>(writes);
    sorted.sort(Comparator.comparing(Write::clock));
    for (Write write : sorted) {
      if (write.value().isEmpty()) {
        leaves.remove(write.path());
      } else {
        leaves.keySet().removeIf(path -> path.ancestors().contains(write.path()));
        leaves.keySet().removeAll(write.path().ancestors());
        leaves.put(write.path(), write.value().get());
      }
    }
    return Leaves.join(leaves);
  }

  private static JsonObject merge(List<Write> arrivals, Random random) {
    Optional<Document> document = Optional.empty();
    History history = History.NONE;
    int commit = 0;
    for (Write write : arrivals) {
      Map<LeafPath, JsonValue> leaf =
          write.value().map(value -> Map.of(write.path(), value)).orElse(Map.of());
      ClientCopy copy =
          ClientCopy.of(
              Leaves.join(leaf), Map.of(write.path().text(), write.clock()), HybridTimestamp.ZERO);
      HybridTimestamp clock = new HybridTimestamp(100_000, ++commit, "srv.e.s");
      MergeOutcome outcome =
          new DocumentMerge(MergeRules.FREE_FORM, ALICE, clock, 0)
              .merge(PLAN, document, history, copy);
      History before = history;
      history =
          outcome.entry().map(entry -> before.with(entry, Duration.ofDays(30))).orElse(before);
      document = outcome.document();
      if (random.nextBoolean() && document.isPresent()) {
        document =
            Optional.of(StoredForm.decode(StoredForm.encode(document.get(), history.bytes())));
      }
    }
    return document.orElseThrow().fields();
  }
}
