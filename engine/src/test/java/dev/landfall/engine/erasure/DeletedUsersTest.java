package dev.landfall.engine.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.memory.MemoryProvider;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeletedUsersTest {
  private static final UserId ALICE = new UserId("alice");

  private final Directory directory =
      new MemoryProvider().open(new StoreSettings(Map.of())).directory();
  private long now = 1_800_000_000L;
  private final DeletedUsers deleted =
      new DeletedUsers(directory, () -> Instant.ofEpochSecond(now));

  @Test
  void thatAnIdWasErasedIsKnownWhenNobodyHoldsATokenAnyMore() {
    deleted.mark(ALICE, now, now + 100);
    deleted.mark(ALICE, now + 1, now + 100);
    now += 101;

    assertThat(deleted.sweep()).isEqualTo(1);

    assertThat(deleted.deletedAt(ALICE)).isEqualTo(OptionalLong.empty());
    assertThat(deleted.wasErased(ALICE)).isTrue();
    assertThat(new DeletedUsers(directory, () -> Instant.EPOCH).wasErased(ALICE)).isTrue();
    assertThat(directory.list(DeletedUsers.ERASED, "", 10))
        .hasSize(1)
        .noneMatch(record -> record.toString().contains("alice"));
  }

  @Test
  void whoEndsAllSessionsKeepsTheirId() {
    deleted.endSessions(ALICE, now, now + 100);

    assertThat(deleted.wasErased(ALICE)).isFalse();
    assertThat(deleted.wasErased(new UserId("bob"))).isFalse();
  }
}
