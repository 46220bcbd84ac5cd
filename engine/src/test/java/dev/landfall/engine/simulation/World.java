package dev.landfall.engine.simulation;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Servers.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Devices, a network and server nodes, from the first step until all is quiet and checked. */
final class World {
  /** The virtual time at which worlds begin. */
  static final long START = 1_764_000_000_000L;

  static final long MINUTE = 60_000;

  /** Who lives there. */
  static final List<String> PEOPLE = List.of("alice", "bob", "carol");

  private static final List<String> KEYS = List.of("milk", "bread", "salt", "rice", "eggs", "figs");

  /** Hears nothing; there is no trace then. */
  static final Consumer<String> SILENT = line -> {};

  private record Event(long at, long order, Runnable what) {}

  final Options options;
  final Counters counters = new Counters();
  final List<Seat> seats = new ArrayList<>();
  final Map<Seat, Map<String, Ledger>> ledgersBySeat = new HashMap<>();
  final Map<String, Map<String, Ledger>> ledgers = new LinkedHashMap<>();
  final Servers servers;
  final Traffic traffic;
  final Oracles oracles;
  final Community community;

  private final Devices devices;
  private final SplittableRandom schedule;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final int[] writeIds = {1};
  private final Consumer<String> trace;
  private long now = START;
  private long order;
  private long hash = 17;
  private boolean quiet;

  World(long seed, Options options, Consumer<String> trace, Client.Maker corrected) {
    SplittableRandom root = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    this.options = options;
    this.trace = trace;
    schedule = root.split();
    traffic = new Traffic(this, root.split(), root.split(), schedule);
    SplittableRandom equipment = root.split();
    oracles = new Oracles(this);
    devices = new Devices(this, corrected);
    servers =
        new Servers(
            options,
            () -> now,
            root.split(),
            oracles::appended,
            new EngineObserver() {
              @Override
              public void clashed(ApplicationName application) {
                counters.count(Sometimes.COMMITS_CLASHED);
              }
            });
    for (Node node : servers.nodes) {
      node.offset = equipment.nextInt(-250, 251);
    }
    community = new Community(this, root.split());
    for (int u = 0; u < options.users(); u++) {
      for (int d = 0; d < options.devices(); d++) {
        devices.add(new UserId(PEOPLE.get(u)), PEOPLE.get(u) + "-" + d, d, equipment);
      }
    }
  }

  long now() {
    return now;
  }

  /** Lets some time go by. */
  void pass(long millis) {
    now += millis;
  }

  long wall(Seat seat) {
    return devices.wall(seat);
  }

  /** Whether faults have stopped. */
  boolean isQuiet() {
    return quiet;
  }

  long traceHash() {
    return hash;
  }

  void say(Supplier<String> what) {
    if (trace == SILENT) {
      return;
    }
    String line = (now - START) + " " + what.get();
    hash = hash * 31 + line.hashCode();
    trace.accept(line);
  }

  void at(long time, Runnable what) {
    queue.add(new Event(time, order++, what));
  }

  /**
   * Goes through {@code steps} and then through the peace in which everything has to come right.
   */
  void run(List<Step> steps) {
    try {
      long time = now;
      for (Step step : steps) {
        time += step.delayMillis();
        at(time, () -> step(step));
      }
      drain();
      settle();
    } finally {
      traffic.abandon();
    }
  }

  private void drain() {
    while (!queue.isEmpty() || traffic.isInFlight()) {
      if (traffic.isInFlight() && (queue.isEmpty() || schedule.nextInt(3) > 0)) {
        traffic.proceed();
      } else {
        Event event = queue.remove();
        now = Math.max(now, event.at);
        event.what.run();
      }
    }
  }

  private void step(Step step) {
    SplittableRandom random = new SplittableRandom(step.entropy());
    Seat seat = seats.get(step.actor() % seats.size());
    String key = seat.pick(KEYS.get(random.nextInt(options.keys())), options, random);
    say(() -> step.kind() + " " + seat + " " + key);
    switch (step.kind()) {
      case EDIT -> {
        if (!seat.isWaiting() || (options.editsInFlight() && seat.client().canEditInFlight())) {
          if (seat.isWaiting()) {
            counters.count(Sometimes.EDIT_IN_FLIGHT);
          }
          seat.edit(key, options, random, writeIds, devices.wall(seat));
          say(() -> " now " + seat.client().documents().get(key));
        }
      }
      case DELETE -> {
        if (!seat.isWaiting()) {
          seat.delete(key, writeIds, devices.wall(seat));
        }
      }
      case SYNC -> {
        if (!seat.isWaiting()) {
          traffic.post(seat);
        }
      }
      case SAVE_STATE -> seat.save();
      case RESTORE_STATE -> {
        List<Seat> sources = new ArrayList<>(List.of(seat));
        if (options.clones()) {
          seats.stream().filter(seat::canTakeOver).forEach(sources::add);
        }
        Seat source = sources.get(sources.size() == 1 ? 0 : random.nextInt(sources.size()));
        if (seat.restore(source, random)) {
          counters.count(source == seat ? Sometimes.RESTORED : Sometimes.CLONED);
          say(() -> " from " + source);
        }
      }
      case DROP_DOCUMENT -> seat.drop(key);
      case DROP_ALL -> seat.drop(null);
      case RESTART_NODE -> restart(servers.nodes.get(random.nextInt(servers.nodes.size())));
      case PURGE -> purge(servers.nodes.get(random.nextInt(servers.nodes.size())));
      case SERVER_CLOCK -> {
        oracles.lookAtClocks();
        Node node = servers.nodes.get(random.nextInt(servers.nodes.size()));
        node.frozenAt = random.nextBoolean() ? servers.wall(node) : -1;
        node.offset = -random.nextLong(10 * MINUTE);
      }
      case DEVICE_CLOCK -> devices.freeze(seat, random.nextBoolean());
      case SHARE -> community.share(seat, key, random);
      case READ -> community.read(seat, random);
      case MEMBERSHIP -> community.changeMembership(seat.user, random);
      case ERASE -> community.erase(seat, random);
      case RESUME -> community.resume(random);
      case RESTORE_SERVER -> community.restoreServer(random);
    }
  }

  private void restart(Node node) {
    if (!node.busy) {
      servers.restart(node);
    }
  }

  private void purge(Node node) {
    if (!node.busy) {
      long purged = node.engine.purge();
      if (purged > 0) {
        counters.count(Sometimes.PURGED);
        oracles.purged();
      }
      say(() -> " purged " + purged);
    }
  }

  /** Faults have stopped: everybody syncs a few times. */
  private void settle() {
    quiet = true;
    now += 30 * MINUTE;
    for (Node node : servers.nodes) {
      node.offset = 0;
      node.frozenAt = -1;
    }
    seats.forEach(Seat::giveUp);
    community.settle();
    // what is refused because of its clock comes a round later
    int rounds = Oracles.ROUNDS + (options.skew() == Options.Skew.TOO_MUCH ? 1 : 0);
    for (int round = 0; round < rounds; round++) {
      say(() -> "round");
      seats.forEach(traffic::exchange);
    }
    oracles.inTheEnd();
    community.inTheEnd();
  }

  HybridTimestamp tip() {
    return servers.store().tip().clock();
  }
}
