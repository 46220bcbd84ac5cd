package dev.landfall.engine.simulation;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Seat.Parcel;
import dev.landfall.engine.simulation.Servers.Node;
import dev.landfall.engine.simulation.SimulatedStore.Crash;
import dev.landfall.engine.simulation.SimulatedStore.Fate;
import dev.landfall.engine.sync.EngineObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Devices, a network and server nodes, from the first step until all is quiet and checked. */
final class World {
  /** The virtual time at which worlds begin. */
  static final long START = 1_764_000_000_000L;

  private static final long MINUTE = 60_000;
  private static final List<String> PEOPLE = List.of("alice", "bob", "carol");
  private static final List<String> KEYS = List.of("milk", "bread", "salt", "rice", "eggs", "figs");

  /** Hears nothing; there is no trace then. */
  static final Consumer<String> SILENT = line -> {};

  private record Event(long at, long order, Runnable what) {}

  final Options options;
  final Counters counters = new Counters();
  final List<Seat> seats = new ArrayList<>();
  final Map<Seat, Map<String, Ledger>> ledgersBySeat = new HashMap<>();
  final Map<String, Map<String, Ledger>> ledgers = new LinkedHashMap<>();
  final List<Parcel> answered = new ArrayList<>();
  final Servers servers;
  final Oracles oracles;

  private final Devices devices;
  private final SplittableRandom network;
  private final SplittableRandom faults;
  private final SplittableRandom schedule;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final List<Turns.Flight> flights = new ArrayList<>();
  private final Map<Turns.Flight, Node> nodeOf = new HashMap<>();
  private final Map<Node, Deque<Runnable>> backlog = new HashMap<>();
  private final int[] writeIds = {1};
  private final Consumer<String> trace;
  private long now = START;
  private long order;
  private long parcels;
  private long hash = 17;
  private long latestArrived;
  private boolean quiet;

  World(long seed, Options options, Consumer<String> trace) {
    this(seed, options, trace, CorrectedClient::new);
  }

  World(long seed, Options options, Consumer<String> trace, Client.Maker corrected) {
    SplittableRandom root = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    this.options = options;
    this.trace = trace;
    schedule = root.split();
    network = root.split();
    faults = root.split();
    SplittableRandom equipment = root.split();
    oracles = new Oracles(this);
    devices = new Devices(this, corrected);
    servers =
        new Servers(
            options,
            () -> now,
            root.split(),
            this::appended,
            new EngineObserver() {
              @Override
              public void clashed(dev.landfall.api.ApplicationName application) {
                counters.count(Sometimes.COMMITS_CLASHED);
              }
            });
    for (Node node : servers.nodes) {
      node.offset = equipment.nextInt(-250, 251);
      backlog.put(node, new ArrayDeque<>());
    }
    for (int u = 0; u < options.users(); u++) {
      for (int d = 0; d < options.devices(); d++) {
        devices.add(new UserId(PEOPLE.get(u)), PEOPLE.get(u) + "-" + d, d, equipment);
      }
    }
  }

  long now() {
    return now;
  }

  long traceHash() {
    return hash;
  }

  private void say(Supplier<String> what) {
    if (trace == SILENT) {
      return;
    }
    String line = (now - START) + " " + what.get();
    hash = hash * 31 + line.hashCode();
    trace.accept(line);
  }

  private void at(long time, Runnable what) {
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
      flights.forEach(Turns.Flight::abandon);
    }
  }

  private void drain() {
    while (!queue.isEmpty() || !flights.isEmpty()) {
      if (!flights.isEmpty() && (queue.isEmpty() || schedule.nextInt(3) > 0)) {
        proceed(flights.get(schedule.nextInt(flights.size())));
      } else {
        Event event = queue.remove();
        now = Math.max(now, event.at);
        event.what.run();
      }
    }
  }

  private void proceed(Turns.Flight flight) {
    if (flight.proceed()) {
      flights.remove(flight);
      Node node = nodeOf.remove(flight);
      node.busy = false;
      Runnable next = backlog.get(node).poll();
      if (next != null) {
        next.run();
      }
    }
  }

  private void step(Step step) {
    SplittableRandom random = new SplittableRandom(step.entropy());
    Seat seat = seats.get(step.actor() % seats.size());
    String key = KEYS.get(random.nextInt(options.keys()));
    say(() -> step.kind() + " " + seat.device + " " + seat.collection.value() + " " + key);
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
          post(seat);
        }
      }
      case SAVE_STATE -> seat.save();
      case RESTORE_STATE -> {
        if (seat.restore(random)) {
          counters.count(Sometimes.RESTORED);
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
      case DEVICE_CLOCK -> {
        devices.freeze(seat, random.nextBoolean());
      }
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

  private Parcel post(Seat seat) {
    if (seat.lostAnswer) {
      counters.count(Sometimes.RETRY_AFTER_LOST_ANSWER);
      seat.lostAnswer = false;
    }
    Parcel parcel = seat.send(parcels++);
    say(() -> " sends " + parcel.id + " " + parcel.request);
    int percent = options.lossPercent();
    if (Options.chance(network, percent)) {
      say(() -> " request lost " + parcel.id);
    } else {
      at(now + latency(), () -> arrive(parcel));
    }
    if (Options.chance(network, options.repeatPercent())) {
      boolean late = network.nextInt(3) == 0;
      at(now + latency() + (late ? 10 * MINUTE : 0), () -> arrive(parcel));
    }
    at(
        now + 2L * options.latencyMillis() + 1_000,
        () -> {
          if (seat.waitingFor == parcel.id) {
            seat.giveUp();
          }
        });
    return parcel;
  }

  private long latency() {
    return network.nextInt(options.latencyMillis());
  }

  private void arrive(Parcel parcel) {
    if (parcel.refused) {
      return; // stamped again by then; what the refused clocks would do later nobody can prevent
    }
    Node node = servers.nodes.get(network.nextInt(servers.nodes.size()));
    SplittableRandom fortune = new SplittableRandom(faults.nextLong());
    if (options.interleaved() && !quiet) {
      Runnable start = () -> start(node, parcel, fortune);
      if (node.busy) {
        backlog.get(node).add(start);
      } else {
        start.run();
      }
    } else {
      serve(node, parcel, fortune);
    }
  }

  private void start(Node node, Parcel parcel, SplittableRandom fortune) {
    node.busy = true;
    Turns.Flight flight = new Turns.Flight(() -> serve(node, parcel, fortune));
    nodeOf.put(flight, node);
    flights.add(flight);
  }

  private Supplier<Fate> fates(SplittableRandom fortune) {
    if (quiet) {
      return () -> Fate.GOOD;
    }
    int[] left = {Options.chance(fortune, options.crashPercent()) ? fortune.nextInt(8) : -1};
    return () -> {
      if (left[0]-- == 0) {
        return fortune.nextBoolean() ? Fate.CRASH_BEFORE : Fate.CRASH_AFTER;
      }
      if (Options.chance(fortune, options.faultPercent())) {
        counters.count(Sometimes.STORE_FAILURE);
        return fortune.nextBoolean() ? Fate.FAIL_BEFORE : Fate.FAIL_AFTER;
      }
      return Fate.GOOD;
    };
  }

  private void serve(Node node, Parcel parcel, SplittableRandom fortune) {
    counters.countRequest();
    if (parcel.refused) {
      return; // as in arrive, after waiting for the node
    }
    if (parcel.id < latestArrived) {
      counters.count(Sometimes.REORDERED);
    }
    latestArrived = Math.max(latestArrived, parcel.id);
    node.fates = fates(fortune);
    Optional<Map<DocumentId, StoredDocument>> before = oracles.beginReplay(parcel);
    long commits = oracles.commits();
    Response response;
    try {
      response = Servers.answer(node.engine, parcel.seat.user, parcel.request);
    } catch (Crash e) {
      say(() -> " crash in " + parcel.id);
      boolean committed = oracles.commits() > commits;
      counters.count(committed ? Sometimes.CRASH_AFTER_COMMIT : Sometimes.CRASH_BEFORE_COMMIT);
      settled(parcel, committed);
      node.fates = () -> Fate.GOOD;
      servers.restart(node);
      parcel.served++;
      oracles.afterCrash();
      return;
    }
    node.fates = () -> Fate.GOOD;
    Response answer = response;
    say(() -> " " + parcel.id + " answered by " + node.number + ": " + canonical(answer));
    settled(parcel, response.isOk() || (response.status() == 503 && oracles.commits() > commits));
    oracles.endReplay(parcel, before);
    oracles.answered(parcel, response, node);
    if (response.isOk()) {
      parcel.processed = true;
      answered.add(parcel);
    }
    parcel.refused |= response.status() == 409;
    if (parcel.served++ > 0) {
      return; // the answer to a repetition reaches nobody
    }
    if (Options.chance(fortune, options.lossPercent()) && !quiet) {
      say(() -> " answer lost " + parcel.id);
      parcel.seat.lostAnswer = true;
    } else if (quiet) {
      deliver(parcel, response);
    } else {
      at(now + latency(), () -> deliver(parcel, answer));
    }
  }

  private void settled(Parcel parcel, boolean arrived) {
    if (arrived) {
      parcel.writes.forEach(write -> write.arrived = true);
    }
  }

  private static String canonical(Response response) {
    List<String> documents = new ArrayList<>();
    response.documents().forEach(wire -> documents.add(Oracles.canonical(wire)));
    return response.status()
        + " "
        + response.serverClock()
        + " "
        + documents
        + (response.more() ? " more" : "")
        + (response.resync() ? " resync" : "")
        + " acks "
        + new java.util.TreeMap<>(response.acks())
        + " conflicts "
        + response.conflicts().stream().map(Oracles::canonical).toList();
  }

  private void deliver(Parcel parcel, Response response) {
    Seat seat = parcel.seat;
    if (seat.waitingFor != parcel.id) {
      return;
    }
    if (response.isOk()) {
      seat.receive(parcel, response, devices.wall(seat));
      say(() -> " " + seat.device + " has " + seat.client().documents());
    } else if (response.status() == 409) {
      counters.count(Sometimes.CLOCK_DRIFT);
      seat.waitingFor = -1;
      seat.client().refused(response.serverTime(), devices.wall(seat));
    } else {
      seat.giveUp();
    }
  }

  private void appended(Commit commit) {
    oracles.appended(commit);
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
    for (int round = 0; round < Oracles.ROUNDS; round++) {
      say(() -> "round");
      for (Seat seat : seats) {
        int pages = 0;
        do {
          Parcel parcel = seat.send(parcels++);
          say(() -> seat.device + " sends " + parcel.id + " " + parcel.request);
          serve(
              servers.nodes.get(schedule.nextInt(servers.nodes.size())),
              parcel,
              new SplittableRandom(1));
          now += 1_000;
          if (++pages > 200) {
            throw new AssertionError("a pull in pages does not end");
          }
        } while (seat.client().wantsMore());
      }
    }
    oracles.inTheEnd();
  }

  HybridTimestamp tip() {
    return servers.store().tip().clock();
  }
}
