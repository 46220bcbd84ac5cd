package dev.landfall.client.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.EngineServer;
import dev.landfall.client.http.Wire;
import dev.landfall.engine.document.LeafPath;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Devices that count on one server, lose requests and answers, are closed and opened again, and are
 * copied. In the end everything has been counted once. The worlds are new ones each time; {@code
 * -Dlandfall.simulation.first=SEED -Dlandfall.simulation.seeds=1} is one of them again.
 */
class CountingDevicesTest {
  private static final long WORLDS = 300;
  private static final int STEPS = 40;
  private static final int MOST_DEVICES = 4;
  private static final long START = 1_764_000_000_000L;
  private static final CollectionName COUNTS = new CollectionName("counts");
  private static final List<DocumentAddress> COUNTERS =
      List.of(DocumentAddress.own("a"), DocumentAddress.own("b"));
  private static final Batch BATCH = Batch.of(3);

  @Test
  void everythingIsCountedOnceWhateverGetsLostAndHoweverOftenADeviceIsOpenedOrCopied()
      throws Exception {
    long first = Long.getLong("landfall.simulation.first", new SecureRandom().nextInt(1 << 30));
    long count = Long.getLong("landfall.simulation.seeds", WORLDS);
    System.out.println("counting devices from seed " + first + " on");

    for (long seed = first; seed < first + count; seed++) {
      new World(seed).run();
    }
  }

  private static final class World {
    private final long seed;
    private final SplittableRandom random;
    private final EngineServer server;
    private final List<Device> devices = new ArrayList<>();
    private final Map<DocumentAddress, Long> counted = new LinkedHashMap<>();
    private long now = START;
    private int openings;

    World(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.server = EngineServer.inProcess(() -> java.time.Instant.ofEpochMilli(now));
      devices.add(new Device());
    }

    void run() throws Exception {
      try (server) {
        if (random.nextBoolean()) {
          devices.add(new Device());
        }
        for (int i = 0; i < STEPS; i++) {
          now += random.nextLong(5_000);
          step(devices.get(random.nextInt(devices.size())));
        }
        for (int i = 0; i < 3; i++) {
          devices.forEach(Device::exchangeAll);
        }
        for (Device device : devices) {
          Map<DocumentAddress, Long> there = new LinkedHashMap<>();
          counted.keySet().forEach(counter -> there.put(counter, device.number(counter)));
          assertThat(there).as("seed %s %s", seed, device.name).isEqualTo(counted);
        }
      }
    }

    private void step(Device device) {
      int dice = random.nextInt(100);
      if (dice < 40) {
        device.increment();
      } else if (dice < 80) {
        device.exchange(random.nextInt(4));
      } else if (dice < 90) {
        device.open();
      } else if (devices.size() < MOST_DEVICES) {
        devices.add(new Device(device));
      }
    }

    private final class Device {
      final Map<DocumentAddress, String> rows = new LinkedHashMap<>();
      String name = "";
      String state;
      Replica replica;

      Device() {
        state = JsonText.print(Saved.of(ReplicaState.fresh("fresh")));
        open();
      }

      Device(Device backup) {
        rows.putAll(backup.rows);
        state = backup.state;
        open();
      }

      void open() {
        name = "opening" + ++openings;
        Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
        rows.forEach((address, row) -> copies.put(address, Saved.copy(json(row))));
        replica = new Replica(Saved.state(json(state)).opened(name), copies, List.of());
      }

      void take(Step step) {
        if (step.saves()) {
          step.copies()
              .forEach(
                  (address, copy) ->
                      copy.ifPresentOrElse(
                          one -> rows.put(address, JsonText.print(Saved.of(one))),
                          () -> rows.remove(address)));
          state = JsonText.print(Saved.of(step.state()));
        }
        replica.install(step);
      }

      long number(DocumentAddress counter) {
        return replica
            .copy(counter)
            .flatMap(Copy::document)
            .map(document -> ((JsonNumber) document.get("n")).value().longValueExact())
            .orElse(0L);
      }

      void increment() {
        DocumentAddress counter = COUNTERS.get(random.nextInt(COUNTERS.size()));
        JsonValue next = JsonNumber.of(number(counter) + 1);
        LocalChange change =
            new LocalChange(false, Map.of(LeafPath.ofField("n"), Optional.of(next)));
        take(replica.edit(Map.of(counter, change), now));
        counted.merge(counter, 1L, Long::sum);
      }

      /** What becomes of a request: 0 it is lost, 1 its answer is lost, else all is well. */
      void exchange(int fate) {
        Batch batch = random.nextInt(4) == 0 ? Batch.of(0) : BATCH;
        take(replica.send(batch));
        JsonObject request = Wire.of(COUNTS, replica.outgoing(batch), "alice", 1 << 20);
        if (random.nextInt(3) == 0) {
          increment();
        }
        long asked = now;
        now += 10;
        Optional<JsonObject> answer =
            fate == 0 ? Optional.empty() : Optional.of(json(answer(request)));
        if (fate > 1 && answer.isPresent()) {
          take(replica.receive(Wire.reply(answer.get(), "alice"), asked, now));
        } else {
          take(replica.failed());
        }
      }

      private String answer(JsonObject request) {
        try {
          return server.answer(request);
        } catch (Exception e) {
          throw new IllegalStateException("seed " + seed, e);
        }
      }

      void exchangeAll() {
        do {
          take(replica.send(BATCH));
          JsonObject request = Wire.of(COUNTS, replica.outgoing(BATCH), "alice", 1 << 20);
          take(replica.receive(Wire.reply(json(answer(request)), "alice"), now, now));
        } while (!replica.pending().isEmpty() || replica.state().more());
      }
    }
  }

  private static JsonObject json(String text) {
    try {
      return (JsonObject) JsonText.parse(text);
    } catch (dev.landfall.api.json.JsonFormatException e) {
      throw new IllegalStateException(e);
    }
  }
}
