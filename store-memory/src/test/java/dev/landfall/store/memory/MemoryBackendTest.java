package dev.landfall.store.memory;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.store.tck.Crowd;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.StoreContract;
import dev.landfall.store.tck.StoreSubject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
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
  void theIndexOfTermsCountsAndWithoutRoomForItThereIsNoAnswer() {
    var small = new MemoryBackend(40_000).application(new ApplicationName("todo"));
    Terms terms = Terms.of(IntStream.range(0, 150).mapToObj(i -> "t" + i).toList());
    TermQuery query = new TermQuery(List.of(List.of(TermRange.of("t7"))));
    String large = "x".repeat(20_000);
    Draft.append(small, draft -> draft.put(MILK, terms, ALICE).put(BREAD, large, ALICE));
    assertThat(small.search(Set.of(ALICES_TASKS), query, HybridTimestamp.ZERO, END_OF_TIME, 10))
        .isEmpty();

    Draft.append(small, draft -> draft.put(BREAD, "small", ALICE));
    assertThat(StoreSubject.search(small, Set.of(ALICES_TASKS), query, 10)).isPresent();
    Draft tooMuch = Draft.after(small.tip()).put(BREAD, large, ALICE);
    assertThatThrownBy(() -> small.append(tooMuch.commit()))
        .isInstanceOf(StoreUnavailableException.class);

    Draft.append(small, draft -> draft.delete(MILK, ALICE));
    Draft fits = Draft.after(small.tip()).put(BREAD, large, ALICE);
    assertThat(small.append(fits.commit())).isEqualTo(AppendOutcome.APPENDED);
    assertThat(StoreSubject.search(small, Set.of(ALICES_TASKS), query, 10)).contains(List.of());
  }

  @Test
  void anIndexThatIsBuiltInManyStepsMissesNothing() {
    Terms terms = Terms.of(IntStream.range(0, 20).mapToObj(i -> "t" + i).toList());
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 2_000; i++) {
            draft.put(task("k" + i), terms, ALICE);
          }
        });
    TermQuery query = new TermQuery(List.of(List.of(TermRange.of("t7"))));
    AtomicBoolean searching = new AtomicBoolean(true);

    Crowd.of(3)
        .each(
            number -> {
              if (number == 0) {
                for (int i = 0; searching.get() || i < 100; i++) {
                  DocumentId moved = task("k" + i % 2_000);
                  Draft.append(todo(), draft -> draft.put(moved, terms, ALICE));
                }
                return;
              }
              assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), query, 2_000))
                  .hasValueSatisfying(found -> assertThat(found).hasSize(2_000));
              searching.set(false);
            });

    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), query, 2_000))
        .hasValueSatisfying(found -> assertThat(found).hasSize(2_000));
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
