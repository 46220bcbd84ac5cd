package dev.landfall.webapp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.engine.audit.AuditEntry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AuditSinksTest {
  private final List<String> told = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  private static AuditEntry entry(String what) {
    return new AuditEntry(
        Instant.EPOCH, Optional.empty(), what, Map.of(), Optional.empty(), Set.of());
  }

  private void work() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Test
  void everySinkIsToldInOrderOnAnotherThreadAlsoIfOneFails() {
    AuditSink failing =
        entry -> {
          throw new IllegalStateException("broken");
        };
    AuditSinks sinks =
        new AuditSinks(List.of(failing, entry -> told.add(entry.what())), tasks::add);
    sinks.accept(entry("first"));
    sinks.accept(entry("second"));
    assertThat(told).isEmpty();
    assertThat(tasks).hasSize(1);

    work();
    sinks.accept(entry("third"));
    work();

    assertThat(told).containsExactly("first", "second", "third");
  }

  @Test
  void whatIsTooMuchIsLeftOutAndHoldsUpNobody() {
    AuditSinks sinks = new AuditSinks(List.of(entry -> told.add(entry.what())), tasks::add);
    IntStream.range(0, AuditSinks.MOST + 10).forEach(i -> sinks.accept(entry("much")));

    work();
    sinks.accept(entry("later"));
    work();

    assertThat(told).hasSize(AuditSinks.MOST + 1).endsWith("later");
  }

  @Test
  void withoutSinksNothingWaits() {
    new AuditSinks(List.of(), tasks::add).accept(entry("nothing"));

    assertThat(tasks).isEmpty();
  }
}
