package dev.landfall.engine.device;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

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

  /** The longest lifetime: who is forgotten is past it. */
  public static final Duration LONGEST_LIFETIME = FORGOTTEN;

  /** When a client last synced that did not say on which device; its name is user/application. */
  private static final String NAMELESS = "deviceless";

  private static final String NAMELESS_SINCE = "devicesNoted";

  /** How old may be what is known of clients that do not say where they are. */
  private static final Duration NAMELESS_COARSE = Duration.ofDays(1);

  /** So many are remembered here so that they need not be looked up. */
  private static final int MAX_NAMELESS = 100_000;

  /** Of a lifetime, one may be missed. */
  private static final int PARTS = 20;

  private final JsonDirectory directory;
  private final InstantSource time;
  private final Duration lifetime;
  private final Map<String, Long> nameless = new ConcurrentHashMap<>();

  /**
   * The devices in {@code directory}.
   *
   * @param lifetime how long a device may be away and go on where it was; at most {@link
   *     #LONGEST_LIFETIME}
   */
  public Devices(Directory directory, InstantSource time, Duration lifetime) {
    this.directory = new JsonDirectory(directory);
    this.time = time;
    this.lifetime = lifetime;
  }

  /** How it stands with a device that syncs. */
  public enum Standing {
    /** It goes on where it was. */
    THERE,
    /** It was away for longer than its lifetime, and starts anew. */
    AWAY,
    /** It was removed, and must not sync. */
    REMOVED
  }

  /**
   * A device syncs.
   *
   * @param session when its session began, in seconds since the Unix epoch
   * @param asked how far it says it is
   */
  public Standing seen(UserId user, DeviceInfo info, long session, Position asked) {
    String name = name(user, info.id());
    Optional<Kept> stored = directory.find(KIND, name);
    if (stored.isEmpty()) {
      makeRoom(user);
    }
    Optional<Device> known = stored.map(Device::of);
    if (known.isPresent()
        && (known.get().removed() || !isNews(known.get(), info, session, asked))) {
      return known.get().removed() ? Standing.REMOVED : Standing.THERE;
    }
    return directory.change(
        KIND,
        name,
        now -> {
          Device before = now.map(Device::of).orElseGet(() -> Device.first(info, asked.at()));
          return before.removed()
              ? Change.none(Standing.REMOVED)
              : Change.to(before.seen(info, session, asked).json(), standing(before, asked));
        });
  }

  private Standing standing(Device before, Position asked) {
    long latest = asked.at() - lifetime.toMillis();
    return before.positionOf(asked).filter(one -> one.at() < latest).isPresent()
        ? Standing.AWAY
        : Standing.THERE;
  }

  /** A device that was set back knows less than it did: that counts at once. */
  private boolean isNews(Device known, DeviceInfo info, long session, Position asked) {
    long latest = asked.at() - coarse();
    return !known.info().equals(info)
        || !known.sessions().contains(session)
        || known
            .positionOf(asked)
            .filter(one -> one.at() > latest && !one.clock().isAfter(asked.clock()))
            .isEmpty();
  }

  /** How old what is known of a device may be, in milliseconds. */
  private long coarse() {
    return Math.min(COARSE.toMillis(), lifetime.toMillis() / PARTS);
  }

  /**
   * A client that does not say which device it is on syncs. What is known of devices says nothing
   * of it.
   */
  public void seenNameless(UserId user, ApplicationName application) {
    long now = time.millis();
    String name = user.value() + "/" + application.value();
    long latest = now - NAMELESS_COARSE.toMillis();
    if (nameless.getOrDefault(name, latest) > latest) {
      return;
    }
    directory.change(
        NAMELESS,
        name,
        stored ->
            stored.filter(one -> one.number("at") > latest).isPresent()
                ? Change.none(true)
                : Change.to(JsonObject.builder().put("at", now).build(), true));
    if (nameless.size() >= MAX_NAMELESS) {
      nameless.clear();
    }
    nameless.put(name, now);
  }

  /** Whether a client that did not say on which device it was has synced since a moment. */
  boolean hasNamelessSince(UserId user, ApplicationName application, long moment) {
    return directory
        .find(NAMELESS, user.value() + "/" + application.value())
        .filter(one -> one.number("at") + NAMELESS_COARSE.toMillis() >= moment)
        .isPresent();
  }

  /** Whether a device may still bring what it did before, as of now. */
  boolean isWithinLifetime(Device device) {
    return device.lastSeen() + coarse() + lifetime.toMillis() >= time.millis();
  }

  /**
   * Since when everything is noted that {@link #seen} and {@link #seenNameless} are told; from the
   * beginning if nothing was stored before.
   */
  public long notedSince(BooleanSupplier wasEmpty) {
    return directory.change(
        NAMELESS_SINCE,
        "all",
        stored -> {
          if (stored.isPresent()) {
            return Change.none(stored.get().number("at"));
          }
          long since = wasEmpty.getAsBoolean() ? 0 : time.millis();
          return Change.to(JsonObject.builder().put("at", since).build(), since);
        });
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
  List<Device> all(UserId user) {
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
    directory.eachBelow(
        NAMELESS, gone.value(), record -> directory.remove(NAMELESS, record.name()));
    nameless.keySet().removeIf(name -> name.startsWith(gone.value() + "/"));
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
