package dev.landfall.store.memory;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.StoreContract;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryBackendTest implements StoreContract {
  private final StoreBackend backend = new MemoryBackend();

  @Override
  public StoreBackend backend() {
    return backend;
  }

  @Test
  void aCommitThatDoesNotFitChangesNothing() {
    var small = new MemoryBackend(10_000).application(new ApplicationName("todo"));
    Draft.append(small, draft -> draft.put(MILK, "milk", ALICE));
    Draft tooMuch = Draft.after(small.tip()).epoch("e2");
    tooMuch.put(BREAD, "bread", ALICE).put(MILK, "x".repeat(10_000), ALICE);

    assertThatThrownBy(() -> small.append(tooMuch.commit()))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("landfall.memory.max-bytes");

    assertThat(small.tip().number()).isEqualTo(1);
    assertThat(small.find(Set.of(MILK, BREAD))).containsOnlyKeys(MILK);
    assertThat(small.count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isEqualTo(1);
    assertThat(small.lastOfEpoch("e2")).isEmpty();
  }

  @Test
  void aFullStoreTakesDeletionsAndHasRoomAgainAfterAPurge() {
    var small = new MemoryBackend(10_000).application(new ApplicationName("todo"));
    String large = "x".repeat(8_000);
    for (int i = 0; i < 100; i++) {
      Draft.append(small, draft -> draft.put(MILK, large, ALICE));
      Draft other = Draft.after(small.tip()).put(BREAD, large, ALICE);
      assertThatThrownBy(() -> small.append(other.commit()))
          .isInstanceOf(StoreUnavailableException.class);

      Draft.append(small, draft -> draft.delete(MILK, ALICE));
      assertThat(small.purge(END_OF_TIME, 10)).isEqualTo(1);
    }

    Draft fits = Draft.after(small.tip()).put(BREAD, large, ALICE);
    assertThat(small.append(fits.commit())).isEqualTo(AppendOutcome.APPENDED);
  }

  @Test
  void theDirectoryCountsToo() {
    var small = new MemoryBackend(10_000).directory();
    Bytes large = Bytes.copyOf(new byte[9_000]);
    assertThat(small.write(new DirectoryRecord("user", "ann", 1, large))).isTrue();

    assertThatThrownBy(() -> small.write(new DirectoryRecord("user", "bob", 1, large)))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(small.find("user", "bob")).isEmpty();
    assertThat(small.write(new DirectoryRecord("user", "ann", 2, Bytes.EMPTY))).isTrue();
    assertThat(small.write(new DirectoryRecord("user", "bob", 1, large))).isTrue();
  }
}
