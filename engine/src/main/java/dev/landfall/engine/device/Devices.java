package dev.landfall.engine.device;

import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.directory.JsonDirectory;
import dev.landfall.engine.directory.JsonDirectory.Change;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The devices of people, by user and what each calls itself. Safe for concurrent use by several
 * nodes; whether a device has been removed is asked at each sync, so that it counts at once.
 *
 * <p>A sync reads one record. It writes it if something is new, or the collection was noted longer
 * than {@link #COARSE} ago: so many writes, and no more, whatever the device does.
 */
public final class Devices {
  /** The kind of record; its name is user/device. */
  static final String KIND = "device";

  /** How old may be what is known of a device and a collection. */
  public static final Duration COARSE = Duration.ofMinutes(5);

  /**
   * The most devices of one person; beyond that the one that was silent for longest is forgotten.
   */
  public static final int MAX = 100;

  /** How long a device is remembered that says nothing, also that it was removed. */
  static final Duration FORGOTTEN = Duration.ofDays(400);

  private final JsonDirectory directory;
  private final InstantSource time;

  /** The devices in {@code directory}. */
  public Devices(Directory directory, InstantSource time) {
    this.directory = new JsonDirectory(directory);
    this.time = time;
  }

  /**
   * A device syncs.
   *
   * @param session when its session began, in seconds since the Unix epoch
   * @param asked how far it says it is
   * @return false if the device was removed: it must not sync
   */
  public boolean seen(UserId user, DeviceInfo info, long session, Position asked) {
    String name = name(user, info.id());
    Optional<Kept> stored = directory.find(KIND, name);
    if (stored.isEmpty()) {
      makeRoom(user);
    }
    Optional<Device> known = stored.map(Device::of);
    if (known.isPresent()
        && (known.get().removed() || !isNews(known.get(), info, session, asked))) {
      return !known.get().removed();
    }
    return directory.change(
        KIND,
        name,
        now -> {
          Device before = now.map(Device::of).orElseGet(() -> Device.first(info, asked.at()));
          return before.removed()
              ? Change.none(false)
              : Change.to(before.seen(info, session, asked).json(), true);
        });
  }

  private static boolean isNews(Device known, DeviceInfo info, long session, Position asked) {
    long latest = asked.at() - COARSE.toMillis();
    return !known.info().equals(info)
        || !known.sessions().contains(session)
        || known.positions().stream().noneMatch(one -> one.isOf(asked) && one.at() > latest);
  }

  private void makeRoom(UserId user) {
    List<Device> all = all(user);
    if (all.size() >= MAX) {
      all.stream()
          .min(Comparator.comparing(Device::removed).thenComparing(Device::lastSeen))
          .ifPresent(one -> directory.remove(KIND, name(user, one.info().id())));
    }
  }

  /** All devices of somebody, those included that were removed. */
  private List<Device> all(UserId user) {
    List<Device> all = new ArrayList<>();
    directory.eachBelow(KIND, user.value(), record -> all.add(Device.of(record)));
    return all;
  }

  /**
   * The devices of somebody, in the order of what they call themselves.
   *
   * @param after behind which the page begins; empty at first
   */
  public List<Device> of(UserId user, String after, int limit) {
    return all(user).stream()
        .filter(one -> !one.removed() && one.info().id().value().compareTo(after) > 0)
        .sorted(Comparator.comparing(one -> one.info().id()))
        .limit(limit)
        .toList();
  }

  /**
   * Removes a device: it does not sync any more.
   *
   * @return the beginnings of the sessions by which it alone has synced, in seconds
   * @throws SyncException if there is none
   */
  public Set<Long> remove(UserId user, DeviceId id) {
    List<Long> sessions =
        directory.change(
            KIND,
            name(user, id),
            stored -> {
              Device device =
                  stored
                      .map(Device::of)
                      .filter(one -> !one.removed())
                      .orElseThrow(
                          () ->
                              new SyncException(
                                  SyncProblem.NOT_FOUND, "There is no such device of yours"));
              return Change.to(device.remove(time.millis()).json(), device.sessions());
            });
    Set<Long> alone = new HashSet<>(sessions);
    all(user).forEach(other -> other.sessions().forEach(alone::remove));
    return alone;
  }

  /** Forgets the devices of somebody who is gone. */
  public void forget(UserId gone) {
    directory.eachBelow(KIND, gone.value(), record -> directory.remove(KIND, record.name()));
  }

  /** Forgets devices that have been silent for very long. */
  public void sweep() {
    long oldest = time.millis() - FORGOTTEN.toMillis();
    directory.each(
        KIND,
        record -> {
          if (Device.of(record).lastSeen() < oldest) {
            directory.remove(record);
          }
        });
  }

  private static String name(UserId user, DeviceId id) {
    return user.value() + "/" + id.value();
  }
}
