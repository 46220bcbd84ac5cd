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
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Merging is idempotent, commutative and associative: whatever the order, repetition and grouping
 * in which edits arrive, the document is what one gets by making them in the order of their clocks.
 * A deletion is an edit of the whole document. Every device here knows nothing of the others.
 */
class MergeLawsTest {
  private static final int TRIES = 50_000;
  private static final UserId ALICE = new UserId("alice");
  private static final DocumentId PLAN =
      new DocumentId(ALICE, new CollectionName("plans"), new DocumentKey("plan"));
  private static final LeafPath WHOLE = new LeafPath("");
  private static final List<LeafPath> PATHS =
      List.of("a", "a.b", "a.b.c", "a.d", "e", "e.f", "g").stream().map(LeafPath::parse).toList();

  /** A write; a removal if there is no value, of the document as a whole under the empty path. */
  private record Write(LeafPath path, Optional<JsonValue> value, HybridTimestamp clock) {
    boolean isDeletion() {
      return path.equals(WHOLE);
    }
  }

  /** What a server makes of writes as they arrive, stored and read again now and then. */
  private static final class Server {
    private final Random random;
    private Optional<Document> document = Optional.empty();
    private History history = History.NONE;
    private int commits;

    Server(Random random) {
      this.random = random;
    }

    MergeOutcome take(Write write) {
      HybridTimestamp commit = new HybridTimestamp(100_000, ++commits, "srv.e.s");
      DocumentMerge merge = new DocumentMerge(MergeRules.FREE_FORM, ALICE, commit, 0);
      MergeOutcome outcome =
          write.isDeletion()
              ? merge.delete(PLAN, document, history, write.clock(), HybridTimestamp.ZERO, false)
              : merge.merge(PLAN, document, history, copy(write));
      History before = history;
      history =
          outcome.entry().map(entry -> before.with(entry, Duration.ofDays(30))).orElse(before);
      document = outcome.document();
      if (random.nextBoolean() && document.isPresent()) {
        document =
            Optional.of(StoredForm.decode(StoredForm.encode(document.get(), history.bytes())));
      }
      return outcome;
    }

    private static ClientCopy copy(Write write) {
      Map<LeafPath, JsonValue> leaf =
          write.value().map(value -> Map.of(write.path(), value)).orElse(Map.of());
      return ClientCopy.of(
          Leaves.join(leaf), Map.of(write.path().text(), write.clock()), HybridTimestamp.ZERO);
    }

    JsonObject fields() {
      return document.orElseThrow().fields();
    }

    boolean exists() {
      return document.isPresent() && !document.get().isDeleted();
    }
  }

  @Property(tries = TRIES)
  void theOrderAndRepetitionOfEditsMakeNoDifference(@ForAll long seed) {
    Random random = new Random(seed);
    List<Write> writes = writes(random, 1 + random.nextInt(8), 0);
    JsonObject expected = Leaves.join(reference(writes));
    List<Write> arrivals = new ArrayList<>(writes);
    for (int i = random.nextInt(4); i > 0; i--) {
      arrivals.add(writes.get(random.nextInt(writes.size())));
    }
    Collections.shuffle(arrivals, random);
    Server server = new Server(random);

    arrivals.forEach(server::take);

    assertThat(server.fields())
        .describedAs("%s arriving as %s", writes, arrivals)
        .isEqualTo(expected);
  }

  @Property(tries = TRIES)
  void aDocumentExistsIfTheLatestOfItsEditsIsAfterAllDeletions(@ForAll long seed) {
    Random random = new Random(seed);
    List<Write> writes = writes(random, 2 + random.nextInt(7), 3);
    Write first = new Write(PATHS.get(0), Optional.of(JsonNumber.of(99)), clock(0));
    HybridTimestamp deletion = latest(writes, true);
    HybridTimestamp edit = HybridTimestamp.later(latest(writes, false), first.clock());
    List<Write> arrivals = new ArrayList<>(writes);
    Collections.shuffle(arrivals, random);
    Server server = new Server(random);
    server.take(first);

    arrivals.forEach(server::take);

    assertThat(server.exists()).describedAs("%s", arrivals).isEqualTo(edit.isAfter(deletion));
    if (server.exists()) {
      List<Write> later = new ArrayList<>(writes);
      later.removeIf(write -> write.isDeletion() || !write.clock().isAfter(deletion));
      assertThat(Leaves.of(server.fields()))
          .describedAs("what was written after all deletions, of %s", arrivals)
          .containsAllEntriesOf(reference(later));
    }
  }

  @Property(tries = TRIES)
  void aRepetitionChangesNothing(@ForAll long seed) {
    Random random = new Random(seed);
    List<Write> writes = writes(random, 2 + random.nextInt(7), 3);
    Collections.shuffle(writes, random);
    Server server = new Server(random);
    writes.forEach(server::take);
    Document before = server.document.orElseThrow();

    for (int i = 0; i < 3; i++) {
      Write again = writes.get(random.nextInt(writes.size()));
      MergeOutcome outcome = server.take(again);

      assertThat(outcome.effect())
          .describedAs("%s again after %s", again, writes)
          .isNotEqualTo(MergeOutcome.Effect.REVISION);
    }
    assertThat(server.fields()).isEqualTo(before.fields());
    assertThat(server.document.orElseThrow().isDeleted()).isEqualTo(before.isDeleted());
  }

  @Property(tries = TRIES)
  void whatIsNotStoredIsReported(@ForAll long seed) {
    Random random = new Random(seed);
    List<Write> writes = writes(random, 2 + random.nextInt(6), 0);
    Collections.shuffle(writes, random);
    Server server = new Server(random);

    for (Write write : writes) {
      JsonObject before = server.document.map(Document::fields).orElse(JsonObject.EMPTY);
      MergeOutcome outcome = server.take(write);
      Map<LeafPath, JsonValue> now = Leaves.of(server.fields());

      boolean isThere = Optional.ofNullable(now.get(write.path())).equals(write.value());
      if (write.value().isPresent() && !isThere) {
        assertThat(outcome.conflicts())
            .describedAs("%s of %s on %s", write, writes, before)
            .isNotEmpty();
      }
      for (Conflict conflict : outcome.conflicts()) {
        Object stored = valueAt(server.fields(), conflict.field());
        assertThat(Optional.ofNullable(conflict.winnerValue()))
            .describedAs("%s after %s of %s", conflict, write, writes)
            .isEqualTo(Optional.ofNullable(stored));
      }
    }
  }

  private static Object valueAt(JsonObject fields, String path) {
    Map<LeafPath, JsonValue> below = new LinkedHashMap<>();
    for (Map.Entry<LeafPath, JsonValue> leaf : Leaves.of(fields).entrySet()) {
      if (leaf.getKey().text().equals(path)) {
        return leaf.getValue();
      }
      if (leaf.getKey().text().startsWith(path + ".")) {
        below.put(new LeafPath(leaf.getKey().text().substring(path.length() + 1)), leaf.getValue());
      }
    }
    return below.isEmpty() ? null : Leaves.join(below);
  }

  private static HybridTimestamp clock(int number) {
    return new HybridTimestamp(1_000 + number, 0, "device" + number);
  }

  /** Writes of as many devices, in the order of their clocks. */
  private static List<Write> writes(Random random, int count, int deletionsInTen) {
    List<Write> writes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      if (random.nextInt(10) < deletionsInTen) {
        writes.add(new Write(WHOLE, Optional.empty(), clock(i)));
      } else {
        Optional<JsonValue> value =
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of(JsonNumber.of(i));
        writes.add(new Write(PATHS.get(random.nextInt(PATHS.size())), value, clock(i)));
      }
    }
    return writes;
  }

  private static HybridTimestamp latest(List<Write> writes, boolean deletions) {
    return writes.stream()
        .filter(write -> write.isDeletion() == deletions)
        .map(Write::clock)
        .reduce(HybridTimestamp.ZERO, HybridTimestamp::later);
  }

  /**
   * All writes in the order of their clocks, each leaf taking the place of what is above or below
   * it.
   */
  private static Map<LeafPath, JsonValue> reference(List<Write> writes) {
    Map<LeafPath, JsonValue> leaves = new TreeMap<>();
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
    return leaves;
  }
}
