package dev.landfall.engine.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is kept of large documents that change often. */
class LongHistoryTest {
  private static final LeafPath COUNT = new LeafPath("n");
  private static final LeafPath TEXT = new LeafPath("t");

  private static HybridTimestamp commit(int number) {
    return new HybridTimestamp(1_000_000 + number, 0, "srv.e.s");
  }

  private static HistoryEntry change(int number, int textLength) {
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    HybridTimestamp before = commit(number - 1);
    previous.put(COUNT, Optional.of(Leaf.of(JsonNumber.of(number), before, before)));
    previous.put(
        TEXT, Optional.of(Leaf.of(new JsonString("x".repeat(textLength)), before, before)));
    return new HistoryEntry(
        commit(number), false, false, previous, Optional.empty(), Map.of(), List.of());
  }

  private static History of(int entries, int textLength) {
    History history = History.NONE;
    for (int i = 1; i <= entries; i++) {
      history = history.with(change(i, textLength), Duration.ofDays(30));
    }
    return history;
  }

  @Test
  void smallValuesAreKeptLongerThanLargeOnes() {
    List<HistoryEntry> entries = of(60, 100_000).entries();

    assertThat(entries).hasSize(60);
    assertThat(entries).allMatch(entry -> entry.previous().containsKey(COUNT));
    assertThat(entries.subList(0, History.MIN_ENTRIES))
        .allMatch(entry -> entry.previous().containsKey(TEXT));
    assertThat(entries.subList(History.MIN_ENTRIES, 60))
        .allMatch(entry -> entry.forgotten().contains(TEXT));
  }

  @Test
  void aHistoryOfManySmallChangesKeepsTwoHundred() {
    assertThat(of(300, 10).entries()).hasSize(History.MAX_ENTRIES);
  }

  @Test
  void theBytesOfAHistoryAreBounded() {
    int bytes = of(300, 5_000).bytes().length();

    assertThat(bytes).isLessThan(History.MAX_BYTES * 3 / 2 + 2 * 5_200);
    assertThat(bytes).isGreaterThan(History.MAX_BYTES - 5_200);
  }
}
