package dev.landfall.engine.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.memory.MemoryProvider;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StoreEpochTest {
  private final Directory directory = memory();
  private final AtomicInteger made = new AtomicInteger();

  private static Directory memory() {
    return new MemoryProvider().open(new StoreSettings(Map.of())).directory();
  }

  private StoreEpoch node() {
    return new StoreEpoch(directory, () -> "epoch-" + made.incrementAndGet());
  }

  @Test
  void allNodesAgreeAndARestartChangesNothing() {
    String epoch = node().current();

    assertThat(node().current()).isEqualTo(epoch);
    assertThat(new StoreEpoch(memory(), () -> "another").current()).isEqualTo("another");
  }

  @Test
  void whatIsSeenOnOneNodeCountsOnAll() {
    StoreEpoch one = node();
    StoreEpoch other = node();
    String before = one.current();

    assertThat(one.setBack()).isTrue();

    assertThat(other.current()).isEqualTo(one.current()).isNotEqualTo(before);
  }

  @Test
  void aStartSeesOneSetbackWhateverClientsShow() {
    StoreEpoch one = node();
    StoreEpoch other = node();
    one.setBack();
    String after = one.current();

    assertThat(one.setBack()).isFalse();
    assertThat(other.setBack()).isFalse();

    assertThat(node().current()).isEqualTo(after);
    assertThat(node().setBack()).isTrue();
  }
}
