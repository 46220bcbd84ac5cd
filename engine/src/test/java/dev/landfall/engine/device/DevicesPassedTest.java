package dev.landfall.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.Feed;
import dev.landfall.store.memory.MemoryBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DevicesPassedTest {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final OrganisationId CLUB = new OrganisationId("club");
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final Duration LIFETIME = Duration.ofDays(30);
  private static final Duration RETENTION = Duration.ofDays(90);

  private final Directory directory = new MemoryBackend(1L << 30).directory();
  private long now = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();
  private final Devices devices = new Devices(directory, () -> Instant.ofEpochMilli(now), LIFETIME);
  private long notedSince;

  private static HybridTimestamp at(int clock) {
    return new HybridTimestamp(clock, 0, "srv.e.s");
  }

  private void sync(UserId user, String device, Owner owner, String collection, int clock) {
    DeviceInfo info =
        new DeviceInfo(new DeviceId(device), Optional.empty(), Optional.empty(), Optional.empty());
    CollectionName name = new CollectionName(collection);
    devices.seen(user, info, 1, new Position(TODO, owner, name, at(clock), now));
    now += Duration.ofMinutes(6).toMillis();
  }

  private Optional<HybridTimestamp> passed(Principal reader) {
    DevicesPassed passed =
        new DevicesPassed(
            devices,
            organisation -> List.of(ALICE, BOB),
            () -> Instant.ofEpochMilli(now),
            RETENTION,
            notedSince);
    Feed tasks = new Feed(reader, new CollectionName("tasks"));
    return passed.passed(TODO, tasks, clock -> clock.millis() < 1_000);
  }

  @Test
  void theDeviceThatIsFurthestBehindCounts() {
    sync(ALICE, "phone", ALICE, "tasks", 20);
    sync(ALICE, "laptop", ALICE, "tasks", 10);
    sync(ALICE, "laptop", ALICE, "lists", 5);
    sync(ALICE, "tablet", CLUB, "tasks", 3);

    assertThat(passed(ALICE)).contains(at(10));
  }

  @Test
  void aDeviceSilentForLongerThanItsLifetimeDoesNotCount() {
    sync(ALICE, "laptop", ALICE, "tasks", 10);
    sync(ALICE, "tablet", ALICE, "tasks", 15);
    now += LIFETIME.toMillis();
    sync(ALICE, "tablet", ALICE, "lists", 15);
    sync(ALICE, "phone", ALICE, "tasks", 20);

    assertThat(passed(ALICE)).contains(at(15));
  }

  @Test
  void ofReadersWithoutDevicesNothingIsKnown() {
    sync(BOB, "phone", BOB, "lists", 20);

    assertThat(passed(ALICE)).isEmpty();
    assertThat(passed(BOB)).isEmpty();
    assertThat(passed(Everybody.EVERYBODY)).isEmpty();
  }

  @Test
  void aClientThatDoesNotSayWhereItIsMakesEverythingUnknownAsLongAsDeletionsAreKept() {
    sync(ALICE, "phone", ALICE, "tasks", 20);
    devices.seenNameless(ALICE, TODO);
    assertThat(passed(ALICE)).isEmpty();

    now += RETENTION.toMillis() + Duration.ofDays(1).toMillis() + 1;
    sync(ALICE, "phone", ALICE, "tasks", 30);

    assertThat(passed(ALICE)).contains(at(30));
  }

  @Test
  void ofAnOrganisationTheDevicesOfAllMembersCount() {
    sync(ALICE, "phone", CLUB, "tasks", 20);
    sync(BOB, "phone", CLUB, "tasks", 12);
    sync(BOB, "phone", BOB, "tasks", 7);

    assertThat(passed(CLUB)).contains(at(12));
  }

  @Test
  void aRemovedDeviceHoldsNothingUp() {
    sync(ALICE, "phone", ALICE, "tasks", 20);
    sync(ALICE, "laptop", ALICE, "tasks", 10);

    devices.remove(ALICE, new DeviceId("laptop"));

    assertThat(passed(ALICE)).contains(at(20));
  }

  @Test
  void aClockThatWasNeverHandedOutIsNoPosition() {
    sync(ALICE, "phone", ALICE, "tasks", 1_000);

    assertThat(passed(ALICE)).contains(HybridTimestamp.ZERO);
  }

  @Test
  void aDeviceOfWhichSomethingMayHaveBeenForgottenHoldsUpEverything() {
    sync(ALICE, "phone", ALICE, "tasks", 20);
    for (int i = 0; i < Device.MAX_POSITIONS; i++) {
      sync(ALICE, "laptop", ALICE, "c" + i, 20);
    }

    assertThat(passed(ALICE)).isEmpty();
  }

  @Test
  void whatWasStoredBeforeClientsWereNotedWaitsUntilTheRetentionIsOver() {
    sync(ALICE, "phone", ALICE, "tasks", 20);
    notedSince = devices.notedSince(() -> false);
    assertThat(notedSince).isEqualTo(now);
    assertThat(passed(ALICE)).isEmpty();

    now += RETENTION.toMillis() + 1;
    sync(ALICE, "phone", ALICE, "tasks", 20);

    assertThat(devices.notedSince(() -> true)).isEqualTo(notedSince);
    assertThat(passed(ALICE)).contains(at(20));
  }

  @Test
  void anEmptyStoreHasNobodyToWaitFor() {
    assertThat(devices.notedSince(() -> true)).isZero();
    assertThat(devices.notedSince(() -> false)).isZero();
  }
}
