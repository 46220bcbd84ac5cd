package dev.landfall.store.memory;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.MILK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.Tip;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Faults;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FaultyBackend.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultyBackendTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  private final MemoryBackend behind = new MemoryBackend();
  private final Commit commit = Draft.after(Tip.NONE).put(MILK, "milk", ALICE).commit();

  @Test
  void aFaultBeforeACallLeavesItUndone() {
    FaultyBackend faulty = new FaultyBackend(behind, Faults.once(1, Moment.BEFORE));

    assertThatThrownBy(() -> faulty.application(TODO).append(commit))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(behind.application(TODO).tip()).isEqualTo(Tip.NONE);
  }

  @Test
  void aFaultAfterACallLosesItsAnswerOnly() {
    FaultyBackend faulty = new FaultyBackend(behind, Faults.once(1, Moment.AFTER));

    assertThatThrownBy(() -> faulty.application(TODO).append(commit))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(behind.application(TODO).tip().number()).isEqualTo(1);
  }

  @Test
  void theDeadMakeNoMoreCalls() {
    FaultyBackend dead = new FaultyBackend(behind, Faults.forGood(1, Moment.BEFORE));
    ApplicationStore store = dead.application(TODO);

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> store.append(commit)).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(dead::check).isInstanceOf(StoreUnavailableException.class);
    }

    assertThat(behind.application(TODO).tip()).isEqualTo(Tip.NONE);
    assertThat(dead.calls()).isEqualTo(6);
  }

  @Test
  void everyCallIsCountedAndNamed() {
    List<String> asked = new ArrayList<>();
    FaultyBackend faulty =
        new FaultyBackend(
            behind,
            (call, moment) -> {
              asked.add(call.number() + " " + call.operation() + " " + moment);
              return false;
            });

    faulty.application(TODO).tip();
    faulty.directory().find("user", "ann");

    assertThat(asked)
        .containsExactly(
            "1 " + Operation.TIP + " BEFORE",
            "1 " + Operation.TIP + " AFTER",
            "2 " + Operation.DIRECTORY_FIND + " BEFORE",
            "2 " + Operation.DIRECTORY_FIND + " AFTER");
  }
}
