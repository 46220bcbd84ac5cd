package dev.landfall.engine.simulation;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Seat.Parcel;
import dev.landfall.engine.simulation.Servers.Node;
import dev.landfall.engine.simulation.SimulatedStore.Crash;
import dev.landfall.engine.simulation.SimulatedStore.Fate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The network, and what server nodes have to do: messages get lost, late and doubled. */
final class Traffic {
  private final World world;
  private final SplittableRandom network;
  private final SplittableRandom faults;
  private final SplittableRandom schedule;
  private final List<Turns.Flight> flights = new ArrayList<>();
  private final Map<Turns.Flight, Node> nodeOf = new HashMap<>();
  private final Map<Node, Deque<Runnable>> backlog = new HashMap<>();
  private long parcels;
  private long latestArrived;

  /** How often the server has fallen back to an older state. */
  private int restores;

  /** Everything that was sent and answered. */
  final List<Parcel> answered = new ArrayList<>();

  Traffic(
      World world, SplittableRandom network, SplittableRandom faults, SplittableRandom schedule) {
    this.world = world;
    this.network = network;
    this.faults = faults;
    this.schedule = schedule;
  }

  /** Whether work is going on at store calls. */
  boolean isInFlight() {
    return !flights.isEmpty();
  }

  /** One of the works that are under way goes on to its next store call. */
  void proceed() {
    Turns.Flight flight = flights.get(schedule.nextInt(flights.size()));
    if (flight.proceed()) {
      flights.remove(flight);
      Node node = nodeOf.remove(flight);
      node.busy = false;
      Runnable next = backlog(node).poll();
      if (next != null) {
        next.run();
      }
    }
  }

  void abandon() {
    flights.forEach(Turns.Flight::abandon);
  }

  private Deque<Runnable> backlog(Node node) {
    return backlog.computeIfAbsent(node, unused -> new ArrayDeque<>());
  }

  /** Has a node do something, taking turns with others where the world is like that. */
  void onNode(Node node, Runnable work) {
    if (!world.options.interleaved() || world.isQuiet()) {
      work.run();
      return;
    }
    Runnable start =
        () -> {
          node.busy = true;
          Turns.Flight flight = new Turns.Flight(work);
          nodeOf.put(flight, node);
          flights.add(flight);
        };
    if (node.busy) {
      backlog(node).add(start);
    } else {
      start.run();
    }
  }

  /** What was answered before has nothing to say of the server as it is now. */
  void forgetAnswers() {
    restores++;
    answered.forEach(parcel -> parcel.processed = false);
    answered.clear();
  }

  /** A number that nothing else of this world depends on. */
  SplittableRandom fortune() {
    return new SplittableRandom(faults.nextLong());
  }

  void post(Seat seat) {
    if (seat.lostAnswer) {
      world.counters.count(Sometimes.RETRY_AFTER_LOST_ANSWER);
      seat.lostAnswer = false;
    }
    Parcel parcel = seat.send(parcels++);
    world.say(() -> " sends " + parcel.id + " " + parcel.request);
    int percent = world.options.lossPercent();
    if (Options.chance(network, percent)) {
      world.say(() -> " request lost " + parcel.id);
    } else {
      world.at(world.now() + latency(), () -> arrive(parcel));
    }
    if (Options.chance(network, world.options.repeatPercent())) {
      boolean late = network.nextInt(3) == 0;
      world.at(world.now() + latency() + (late ? 10 * World.MINUTE : 0), () -> arrive(parcel));
    }
    world.at(
        world.now() + 2L * world.options.latencyMillis() + 1_000,
        () -> {
          if (seat.waitingFor == parcel.id) {
            seat.giveUp();
          }
        });
  }

  /** Sends and answers at once, page after page. */
  void exchange(Seat seat) {
    int pages = 0;
    do {
      Parcel parcel = seat.send(parcels++);
      world.say(() -> seat.device + " sends " + parcel.id + " " + parcel.request);
      serve(
          world.servers.nodes.get(schedule.nextInt(world.servers.nodes.size())),
          parcel,
          new SplittableRandom(1));
      world.pass(1_000);
      if (++pages > 200) {
        throw new AssertionError("a pull in pages does not end");
      }
    } while (seat.client().wantsMore());
  }

  private long latency() {
    return network.nextInt(world.options.latencyMillis());
  }

  private void arrive(Parcel parcel) {
    if (parcel.refused) {
      return; // stamped again by then; what the refused clocks would do later nobody can prevent
    }
    Node node = world.servers.nodes.get(network.nextInt(world.servers.nodes.size()));
    SplittableRandom fortune = fortune();
    onNode(node, () -> serve(node, parcel, fortune));
  }

  /** What becomes of the store calls of one piece of work. */
  Supplier<Fate> fates(SplittableRandom fortune) {
    if (world.isQuiet()) {
      return () -> Fate.GOOD;
    }
    int[] left = {Options.chance(fortune, world.options.crashPercent()) ? fortune.nextInt(8) : -1};
    return () -> {
      if (left[0]-- == 0) {
        return fortune.nextBoolean() ? Fate.CRASH_BEFORE : Fate.CRASH_AFTER;
      }
      if (Options.chance(fortune, world.options.faultPercent())) {
        world.counters.count(Sometimes.STORE_FAILURE);
        return fortune.nextBoolean() ? Fate.FAIL_BEFORE : Fate.FAIL_AFTER;
      }
      return Fate.GOOD;
    };
  }

  private void serve(Node node, Parcel parcel, SplittableRandom fortune) {
    world.counters.countRequest();
    if (parcel.refused) {
      return; // as in arrive, after waiting for the node
    }
    if (parcel.id < latestArrived) {
      world.counters.count(Sometimes.REORDERED);
    }
    latestArrived = Math.max(latestArrived, parcel.id);
    node.fates = fates(fortune);
    Optional<Map<DocumentId, StoredDocument>> old = world.oracles.beginReplay(parcel);
    long commits = world.oracles.commits();
    Community.Look look = world.community.look(parcel.seat);
    Response response;
    try {
      response = world.community.answer(node, parcel.seat, parcel.request);
    } catch (Crash e) {
      world.say(() -> " crash in " + parcel.id);
      boolean committed = world.oracles.commits() > commits;
      world.counters.count(
          committed ? Sometimes.CRASH_AFTER_COMMIT : Sometimes.CRASH_BEFORE_COMMIT);
      parcel.settled(committed, Set.of(), false, world.servers.commits().size());
      node.fates = () -> Fate.GOOD;
      world.servers.restart(node);
      parcel.served++;
      world.oracles.afterCrash();
      return;
    }
    node.fates = () -> Fate.GOOD;
    world.say(() -> " " + parcel.id + " answered by " + node.number + ": " + response.canonical());
    boolean failed = response.status() == 503 && world.oracles.commits() > commits;
    parcel.settled(
        response.isOk() || failed,
        response.rejections().keySet(),
        response.isOk(),
        world.servers.commits().size());
    parcel.answered(response);
    world.oracles.endReplay(parcel, old);
    world.oracles.answered(parcel, response, node);
    world.community.answered(parcel, response, look);
    if (response.isOk()) {
      parcel.processed = true;
      answered.add(parcel);
    }
    parcel.refused |= response.status() == 409;
    if (parcel.served++ > 0) {
      return; // the answer to a repetition reaches nobody
    }
    if (Options.chance(fortune, world.options.lossPercent()) && !world.isQuiet()) {
      world.say(() -> " answer lost " + parcel.id);
      parcel.seat.lostAnswer = true;
    } else if (world.isQuiet()) {
      deliver(parcel, response);
    } else {
      int before = restores;
      world.at(
          world.now() + latency(),
          () -> {
            if (before == restores) {
              deliver(parcel, response);
            } else if (parcel.seat.waitingFor == parcel.id) {
              parcel.seat.giveUp(); // the server has been stopped meanwhile
            }
          });
    }
  }

  private void deliver(Parcel parcel, Response response) {
    Seat seat = parcel.seat;
    if (seat.waitingFor != parcel.id) {
      return;
    }
    if (response.isOk()) {
      seat.receive(parcel, response, world.wall(seat));
      world.community.told(seat, response);
      world.say(() -> " " + seat.device + " has " + seat.client().documents());
    } else if (response.status() == 409) {
      world.counters.count(Sometimes.CLOCK_DRIFT);
      seat.waitingFor = -1;
      seat.client().refused(response.serverTime(), world.wall(seat));
    } else if (response.status() == 401 || response.status() == 403) {
      seat.shutOut();
    } else {
      seat.giveUp();
    }
  }
}
