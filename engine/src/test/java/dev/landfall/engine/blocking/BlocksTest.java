package dev.landfall.engine.blocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.memory.MemoryBackend;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlocksTest {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final UserId BO = new UserId("bo");
  private static final Instant NOW = Instant.ofEpochMilli(1_764_000_000_000L);

  private final Blocks blocks = new Blocks(new MemoryBackend(1L << 30).directory(), () -> NOW, 2);

  @Test
  void whoIsBlockedIsListedAndAskedFor() {
    blocks.block(ALICE, BOB);
    blocks.block(ALICE, BOB);

    assertThat(blocks.of(ALICE, Optional.empty(), 10))
        .containsExactly(new Blocks.Blocked(BOB, NOW));
    assertThat(blocks.blockersOf(BOB)).containsExactly(ALICE);
    assertThat(blocks.blockersOf(ALICE)).isEmpty();
    assertThat(blocks.blockersOf(BO)).isEmpty();
  }

  @Test
  void whoIsNotBlockedAnyMoreIsNot() {
    blocks.block(ALICE, BOB);

    blocks.unblock(ALICE, BOB);
    blocks.unblock(ALICE, BOB);

    assertThat(blocks.of(ALICE, Optional.empty(), 10)).isEmpty();
    assertThat(blocks.blockersOf(BOB)).isEmpty();
  }

  @Test
  void nobodyBlocksMoreThanAllowed() {
    blocks.block(ALICE, BOB);
    blocks.block(ALICE, BO);

    assertThatThrownBy(() -> blocks.block(ALICE, new UserId("carol")))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.OUT_OF_ROOM));
    blocks.block(ALICE, BOB);
    assertThat(blocks.of(ALICE, Optional.of(BO), 10))
        .extracting(Blocks.Blocked::user)
        .containsExactly(BOB);
  }

  @Test
  void nothingIsLeftOfWhoIsGone() {
    blocks.block(ALICE, BOB);
    blocks.block(BOB, ALICE);
    blocks.block(BO, ALICE);

    blocks.forget(ALICE);

    assertThat(blocks.of(ALICE, Optional.empty(), 10)).isEmpty();
    assertThat(blocks.of(BOB, Optional.empty(), 10)).isEmpty();
    assertThat(blocks.of(BO, Optional.empty(), 10)).isEmpty();
    assertThat(blocks.blockersOf(BOB)).isEmpty();
    assertThat(blocks.blockersOf(ALICE)).isEmpty();
  }
}
