package dev.landfall.engine.device;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.sync.FeedFollowers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How far the devices of a feed's readers have come. It is known if every client of theirs has said
 * on which device it is, and at least one has come; a device that was away for longer than its
 * lifetime does not count. For one purge: what has been looked up is not looked up again.
 */
public final class DevicesPassed implements FeedFollowers {
  /** Of how many people devices are remembered. */
  private static final int MAX_KNOWN = 1_000;

  private final Devices devices;
  private final Function<OrganisationId, List<UserId>> members;
  private final InstantSource time;
  private final Duration retention;
  private final long notedSince;
  private final Map<UserId, List<Device>> known = new HashMap<>();

  /**
   * Those who follow feeds.
   *
   * @param members of an organisation
   * @param retention how long deletions are kept for clients of which nothing is known
   * @param notedSince as {@link Devices#notedSince}
   */
  public DevicesPassed(
      Devices devices,
      Function<OrganisationId, List<UserId>> members,
      InstantSource time,
      Duration retention,
      long notedSince) {
    this.devices = devices;
    this.members = members;
    this.time = time;
    this.retention = retention;
    this.notedSince = notedSince;
  }

  @Override
  public Optional<HybridTimestamp> passed(
      ApplicationName application, Feed feed, Predicate<HybridTimestamp> issued) {
    if (!(feed.reader() instanceof Owner owner) || !isAllNoted()) {
      return Optional.empty();
    }
    List<UserId> readers =
        owner instanceof OrganisationId organisation
            ? members.apply(organisation)
            : List.of((UserId) owner);
    Position place =
        new Position(application, owner, feed.collection(), HybridTimestamp.ZERO, time.millis());
    HybridTimestamp passed = Feed.NO_END;
    boolean hasCome = false;
    for (UserId reader : readers) {
      if (isUnknown(reader, application)) {
        return Optional.empty();
      }
      for (Device device : of(reader)) {
        Optional<Position> position = device.positionOf(place);
        boolean counts = !device.removed() && devices.isWithinLifetime(device);
        if (counts && position.isEmpty() && device.mayHaveMore()) {
          return Optional.empty();
        }
        hasCome |= !device.removed() && position.isPresent();
        if (counts && position.isPresent()) {
          HybridTimestamp clock = position.get().clock();
          passed = earlier(passed, issued.test(clock) ? clock : HybridTimestamp.ZERO);
        }
      }
    }
    return hasCome ? Optional.of(passed) : Optional.empty();
  }

  private static HybridTimestamp earlier(HybridTimestamp a, HybridTimestamp b) {
    return a.isAfter(b) ? b : a;
  }

  private boolean isAllNoted() {
    return notedSince == 0 || notedSince < time.millis() - retention.toMillis();
  }

  /** Whether there may be copies of which nothing is known. */
  private boolean isUnknown(UserId reader, ApplicationName application) {
    return of(reader).size() >= Devices.MAX
        || devices.hasNamelessSince(reader, application, time.millis() - retention.toMillis());
  }

  private List<Device> of(UserId user) {
    if (known.size() >= MAX_KNOWN) {
      known.clear();
    }
    return known.computeIfAbsent(user, devices::all);
  }
}
