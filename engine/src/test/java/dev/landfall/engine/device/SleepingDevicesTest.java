package dev.landfall.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.engine.stores.TestStore;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.FreshSeed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Worlds of devices that sleep, come back and bring what they did before, while deletions are
 * forgotten as soon as everybody has taken them.
 */
class SleepingDevicesTest {
  private static final int WORLDS = 200;
  private static final int WORLDS_ON_OTHERS = 4;
  private static final int STEPS = 250;

  @Test
  void nothingDeletedComesBackAndNothingIsLostWhateverDevicesDo() {
    long seed = FreshSeed.of(SleepingDevicesTest.class);
    int forgotten = 0;
    int away = 0;
    for (int i = 0; i < WORLDS; i++) {
      try (MemoryBackend store = new MemoryBackend(1L << 28)) {
        SleepingDevices world = new SleepingDevices(store, new Random(seed + i));
        world.run("seed " + (seed + i), STEPS);
        forgotten += world.forgotten();
        away += world.cameBackTooLate();
      }
    }
    assertThat(forgotten).as("deletions forgotten").isGreaterThan(WORLDS);
    assertThat(away).as("devices that came back beyond their lifetime").isGreaterThan(WORLDS / 10);
  }

  @ParameterizedTest
  @EnumSource(value = TestStore.class, names = "MEMORY", mode = EnumSource.Mode.EXCLUDE)
  void itIsTheSameOnEveryStore(TestStore kind) {
    long seed = FreshSeed.of(SleepingDevicesTest.class);
    for (int i = 0; i < WORLDS_ON_OTHERS; i++) {
      long one = seed + i;
      kind.with(store -> new SleepingDevices(store, new Random(one)).run("seed " + one, STEPS / 2));
    }
  }
}
