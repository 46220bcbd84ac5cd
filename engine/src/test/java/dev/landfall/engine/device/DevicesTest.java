package dev.landfall.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.device.Devices.Standing;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.people.DisplayName;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.stores.TestStore;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.Crowd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DevicesTest {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId AL = new UserId("al");
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final DeviceId LAPTOP = new DeviceId("laptop");
  private static final ApplicationName TODO = new ApplicationName("todo");

  private final Directory directory = new MemoryBackend(1L << 30).directory();
  private final AtomicInteger writes = new AtomicInteger();
  private long now = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();
  private final Devices devices = over(counting());

  private Devices over(Directory one) {
    return new Devices(one, () -> Instant.ofEpochMilli(now), Duration.ofDays(90));
  }

  private Directory counting() {
    return new Directory() {
      @Override
      public Optional<DirectoryRecord> find(String kind, String name) {
        return directory.find(kind, name);
      }

      @Override
      public boolean write(DirectoryRecord record) {
        writes.incrementAndGet();
        return directory.write(record);
      }

      @Override
      public boolean remove(String kind, String name, long version) {
        return directory.remove(kind, name, version);
      }

      @Override
      public List<DirectoryRecord> list(String kind, String after, int limit) {
        return directory.list(kind, after, limit);
      }
    };
  }

  private static DeviceInfo info(DeviceId id) {
    return new DeviceInfo(id, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private boolean sync(UserId user, DeviceId id, long session, String collection) {
    return devices.seen(user, info(id), session, position(collection)) != Standing.REMOVED;
  }

  private Position position(String collection) {
    return new Position(
        TODO, ALICE, new CollectionName(collection), new HybridTimestamp(now, 0, "s1"), now);
  }

  private List<DeviceId> of(UserId user) {
    return devices.of(user, "", 100).stream().map(device -> device.info().id()).toList();
  }

  @Test
  void aDeviceIsWrittenOnceInFiveMinutesHoweverOftenItSyncs() {
    for (int i = 0; i < 100; i++) {
      sync(ALICE, PHONE, 7, "tasks");
      sync(ALICE, PHONE, 7, "lists");
      now += 1_000;
    }
    assertThat(writes.get()).isEqualTo(2);

    now += Devices.COARSE.toMillis();
    sync(ALICE, PHONE, 7, "tasks");
    sync(ALICE, PHONE, 7, "tasks");
    assertThat(writes.get()).isEqualTo(3);
    devices.seen(
        ALICE,
        new DeviceInfo(
            PHONE, Optional.of(new DisplayName("Phone")), Optional.empty(), Optional.empty()),
        7,
        position("tasks"));
    assertThat(writes.get()).isEqualTo(4);
  }

  @Test
  void aDeviceAwayForLongerThanItsLifetimeIsToldOnce() {
    sync(ALICE, PHONE, 7, "tasks");
    now += Duration.ofDays(90).toMillis();
    assertThat(devices.seen(ALICE, info(PHONE), 7, position("tasks"))).isEqualTo(Standing.THERE);

    now += Duration.ofDays(90).toMillis() + 1;
    assertThat(devices.seen(ALICE, info(PHONE), 7, position("lists"))).isEqualTo(Standing.THERE);
    assertThat(devices.seen(ALICE, info(PHONE), 7, position("tasks"))).isEqualTo(Standing.AWAY);
    assertThat(devices.seen(ALICE, info(PHONE), 7, position("tasks"))).isEqualTo(Standing.THERE);
  }

  @Test
  void aDeviceThatWasSetBackIsNotedAtOnce() {
    sync(ALICE, PHONE, 7, "tasks");
    now += 1_000;
    Position behind =
        new Position(TODO, ALICE, new CollectionName("tasks"), HybridTimestamp.ZERO, now);

    devices.seen(ALICE, info(PHONE), 7, behind);

    assertThat(devices.of(ALICE, "", 1).get(0).positions()).containsExactly(behind);
  }

  @Test
  void aClientThatDoesNotSayWhereItIsCostsOneWriteADayAndGoesWithItsUser() {
    for (int i = 0; i < 100; i++) {
      devices.seenNameless(ALICE, TODO);
      devices.seenNameless(AL, TODO);
      now += 60_000;
    }
    assertThat(writes.get()).isEqualTo(2);
    now += Duration.ofDays(1).toMillis();
    devices.seenNameless(ALICE, TODO);
    assertThat(writes.get()).isEqualTo(3);

    devices.forget(ALICE);

    assertThat(devices.hasNamelessSince(ALICE, TODO, 0)).isFalse();
    assertThat(devices.hasNamelessSince(AL, TODO, now - 1)).isFalse();
    assertThat(devices.hasNamelessSince(AL, TODO, now - Duration.ofDays(2).toMillis())).isTrue();
    devices.seenNameless(ALICE, TODO);
    assertThat(devices.hasNamelessSince(ALICE, TODO, now)).isTrue();
  }

  @Test
  void aRemovedDeviceStaysRemovedUnderEverySessionAndNothingElseIsKeptOfIt() {
    sync(ALICE, PHONE, 7, "tasks");
    sync(ALICE, LAPTOP, 8, "tasks");

    assertThat(devices.remove(ALICE, PHONE)).containsExactly(7L);

    assertThat(sync(ALICE, PHONE, 7, "tasks")).isFalse();
    assertThat(sync(ALICE, PHONE, 9, "tasks")).isFalse();
    assertThat(sync(ALICE, LAPTOP, 8, "tasks")).isTrue();
    assertThat(of(ALICE)).containsExactly(LAPTOP);
    assertThat(directory.find(Devices.KIND, "alice/phone").orElseThrow().content().utf8())
        .contains("\"positions\":[]", "\"sessions\":[]");
    assertThatThrownBy(() -> devices.remove(ALICE, PHONE)).isInstanceOf(SyncException.class);
  }

  @Test
  void aSessionThatTwoDevicesUseIsOfNeitherAlone() {
    sync(ALICE, PHONE, 7, "tasks");
    sync(ALICE, LAPTOP, 7, "tasks");
    sync(ALICE, PHONE, 8, "tasks");

    assertThat(devices.remove(ALICE, PHONE)).containsExactly(8L);
  }

  @Test
  void devicesOfOnePersonAreNotAnothers() {
    sync(ALICE, PHONE, 7, "tasks");
    sync(AL, LAPTOP, 7, "tasks");

    devices.forget(AL);

    assertThat(of(ALICE)).containsExactly(PHONE);
    assertThat(of(AL)).isEmpty();
  }

  @Test
  void devicesHaveAnEndAndTheOneSilentForLongestGoesFirst() {
    for (int i = 0; i < Devices.MAX + 3; i++) {
      sync(ALICE, new DeviceId("d" + i), i, "tasks");
      now += 1;
    }

    assertThat(devices.of(ALICE, "", 1_000))
        .hasSize(Devices.MAX)
        .noneMatch(one -> List.of("d0", "d1", "d2").contains(one.info().id().value()));
  }

  @Test
  void aDeviceSilentForVeryLongIsForgotten() {
    sync(ALICE, PHONE, 7, "tasks");
    now += Devices.FORGOTTEN.toMillis() + 1;

    devices.sweep();

    assertThat(directory.list(Devices.KIND, "", 10)).isEmpty();
  }

  @Test
  void theSessionsOfARemovedDeviceAreOverAndOthersAreNot() {
    DeletedUsers sessions = new DeletedUsers(directory, () -> Instant.ofEpochMilli(now));
    sessions.endSessions(ALICE, Set.of(7L, 9L), now);

    assertThatThrownBy(() -> sessions.check(ALICE, 7))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(DeletedUsers.isOfRemovedDevice(e)).isTrue());
    sessions.check(ALICE, 8);
    sessions.check(AL, 7);
  }

  @Test
  void whoEndsAllOtherSessionsKeepsTheirs() {
    DeletedUsers sessions = new DeletedUsers(directory, () -> Instant.ofEpochMilli(now));
    long mine = now / 1_000 - 100;
    sessions.endSessions(ALICE, Set.of(mine - 7), now);

    sessions.endOtherSessions(ALICE, mine, now);

    sessions.check(ALICE, mine);
    assertThatThrownBy(() -> sessions.check(ALICE, mine - 1)).isInstanceOf(SyncException.class);
    assertThatThrownBy(() -> sessions.check(ALICE, mine - 7))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(DeletedUsers.isOfRemovedDevice(e)).isTrue());
    sessions.check(ALICE, sessions.beginning(ALICE));
    sessions.endSessions(ALICE, mine, now);
    assertThatThrownBy(() -> sessions.check(ALICE, mine)).isInstanceOf(SyncException.class);
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void aDeviceThatSyncsWhileItIsRemovedDoesNotComeBack(TestStore kind) {
    kind.with(
        store -> {
          Devices crowded = over(store.directory());
          for (int round = 0; round < 5; round++) {
            DeviceId id = new DeviceId("d" + round);
            crowded.seen(ALICE, info(id), 1, position("tasks"));

            Crowd.of(4)
                .each(
                    i -> {
                      if (i == 0) {
                        crowded.remove(ALICE, id);
                      } else {
                        crowded.seen(ALICE, info(id), 1, position("c" + i));
                      }
                    });

            assertThat(crowded.seen(ALICE, info(id), 1, position("tasks")))
                .isEqualTo(Standing.REMOVED);
          }
        });
  }
}
