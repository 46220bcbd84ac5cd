package dev.landfall.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.Round.Ending;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.http.SyncJson;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.store.Binding;
import dev.landfall.client.store.LocalStoreException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Days in the life of devices that go through everything that can go wrong with them: clocks that
 * are an hour off, slow links, lost answers, strangers' refusals, full disks, tokens of other
 * users, crashes, and a server that loses its data. In the evening nothing is lost, and nobody has
 * what is another's. The days are new ones each time; {@code -Dlandfall.simulation.first=SEED
 * -Dlandfall.simulation.seeds=1} is one of them again.
 */
class DaysTest {
  private static final long DAYS = 300;
  private static final int STEPS = 80;
  private static final Instant MORNING = Instant.parse("2026-03-01T06:00:00Z");
  private static final CollectionName TASKS = new CollectionName("tasks");
  private static final URI ADDRESS = URI.create("http://localhost:1");
  private static final List<String> OWNERS = List.of("alice", "alice", "alice", "bob", "bob");

  private enum Rarely {
    WRONG_REPLICA,
    SERVER_LOST,
    RESTORED,
    DEVICE_FULL,
    REFUSED_ON_THE_WAY,
    LOST_ANSWER,
    TOO_SLOW,
    CRASH,
    DRIFT
  }

  private final Map<Rarely, Integer> happened = new EnumMap<>(Rarely.class);

  private void saw(Rarely what) {
    happened.merge(what, 1, Integer::sum);
  }

  @Test
  void whateverHappensInADayNothingIsLostAndNobodyHasWhatIsAnothers() throws Exception {
    long first = Long.getLong("landfall.simulation.first", new SecureRandom().nextInt(1 << 30));
    long count = Long.getLong("landfall.simulation.seeds", DAYS);
    System.out.println("days of the Java client from seed " + first + " on");

    for (long seed = first; seed < first + count; seed++) {
      try {
        new Day(seed).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed "
                + seed
                + "; again: mvn -Dquick -pl client-java -am test -Dtest=DaysTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dlandfall.simulation.seeds=1"
                + " -Dlandfall.simulation.first="
                + seed,
            e);
      }
    }

    System.out.println(count + " days: " + happened);
    if (count >= DAYS) {
      assertThat(happened).containsOnlyKeys(Rarely.values());
    }
  }

  private final class Day {
    private final SplittableRandom random;
    private final EngineServer server;
    private final List<Device> devices = new ArrayList<>();
    private Instant now = MORNING;
    private boolean fair;
    private int written;

    Day(long seed) {
      random = new SplittableRandom(seed);
      server = EngineServer.inProcess(() -> now);
      for (int i = 0; i < OWNERS.size(); i++) {
        devices.add(new Device("device" + i, OWNERS.get(i)));
      }
    }

    void live() throws Exception {
      fair = true;
      for (Device device : devices) {
        device.round(); // whoever signs in first on a device is whose it is
      }
      fair = false;
      for (int i = 0; i < STEPS; i++) {
        now = now.plusMillis(random.nextLong(600_000));
        step(devices.get(random.nextInt(devices.size())));
      }
      evening();
    }

    private void step(Device device) throws Exception {
      int dice = random.nextInt(100);
      if (dice < 40) {
        device.write();
      } else if (dice < 70) {
        device.round();
      } else if (dice < 75) {
        device.crash();
        saw(Rarely.CRASH);
      } else if (dice < 80) {
        device.offset = Duration.ofSeconds(random.nextLong(-3_900, 3_900));
      } else if (dice < 85) {
        device.signsInAs = random.nextInt(3) == 0 ? other(device.owner) : device.owner;
        device.link.token(device.signsInAs + "-" + i(1_000));
      } else if (dice < 90) {
        device.store.capacity = random.nextBoolean() ? Integer.MAX_VALUE : i(12);
      } else if (dice < 95) {
        device.longest = random.nextBoolean() ? Integer.MAX_VALUE : 500 + i(2_000);
      } else if (dice < 98) {
        int status = List.of(200, 403, 406, 500, 502).get(i(5));
        String blocked = random.nextBoolean() ? "clientClock" : "number" + i(written + 1) + "\"";
        server.proxy =
            random.nextBoolean()
                ? body -> Optional.empty()
                : body ->
                    body.contains(blocked)
                        ? Optional.of(new EngineServer.Strange(status, "<html>no</html>"))
                        : Optional.empty();
      } else {
        saw(Rarely.SERVER_LOST);
        server.instance = Optional.of("instance " + now);
        server.loseEverything();
      }
    }

    private int i(int bound) {
      return random.nextInt(bound);
    }

    private String other(String owner) {
      return owner.equals("alice") ? "bob" : "alice";
    }

    private void evening() throws Exception {
      fair = true;
      server.proxy = body -> Optional.empty();
      for (Device device : devices) {
        device.signsInAs = device.owner;
        device.link.token(device.owner + "-evening");
        device.store.capacity = Integer.MAX_VALUE;
        device.longest = Integer.MAX_VALUE;
        device.atom.retryAll();
      }
      for (int i = 0; i < 6; i++) {
        now = now.plusSeconds(60);
        for (Device device : devices) {
          Ending ending = device.round();
          assertThat(ending).as(device.name + " " + device.atom.problem()).isEqualTo(Ending.DONE);
        }
      }
      for (Device device : devices) {
        device.crash();
        assertThat(device.atom.pending()).as(device.name).isZero();
        assertThat(device.atom.inbox()).as(device.name).isEmpty();
        assertThat(device.atom.deref()).isEqualTo(theFirstOf(device.owner).atom.deref());
        device.last.forEach(
            (key, value) ->
                assertThat(device.atom.deref().getOrDefault(key, JsonObject.EMPTY).get(device.name))
                    .as("%s of %s", key, device.name)
                    .isEqualTo(value));
      }
      for (String owner : List.of("alice", "bob")) {
        UserId user = new UserId(owner);
        JsonObject pull = SyncJson.of(TASKS, Outgoing.pull(HybridTimestamp.ZERO), owner, 1 << 30);
        String all = server.answer(user, user, EngineServer.request(pull));
        assertThat(all).doesNotContain("by " + other(owner));
      }
      server.close();
    }

    private Device theFirstOf(String owner) {
      return devices.get(OWNERS.indexOf(owner));
    }

    /** One device, which is always the same person's, whoever signs in on it. */
    private final class Device {
      final String name;
      final String owner;
      int openings;
      final SmallStore store = new SmallStore(Integer.MAX_VALUE);
      final Map<String, JsonValue> last = new LinkedHashMap<>();
      Duration offset = Duration.ZERO;
      String signsInAs;
      int longest = Integer.MAX_VALUE;
      ServerLink link;
      Identity identity;
      SyncedAtom<JsonObject> atom;

      Device(String name, String owner) {
        this.name = name;
        this.owner = owner;
        this.signsInAs = owner;
        open();
      }

      private void open() {
        InstantSource clock = () -> now.plus(offset);
        link =
            new ServerLink(
                ADDRESS,
                new ApplicationName("planner"),
                Optional.empty(),
                signsInAs,
                token -> {},
                new DirectHttp(this::send),
                Duration.ofSeconds(60));
        identity =
            new Identity(
                store,
                ADDRESS,
                Binding.to(ADDRESS, new ApplicationName("planner"), Optional.empty(), ""));
        atom =
            new SyncedAtom<>(
                TASKS,
                Codec.JSON,
                store,
                name + "-" + ++openings,
                clock,
                Runnable::run,
                event -> saw(Rarely.RESTORED),
                false,
                event -> {},
                () -> {});
      }

      private Optional<EngineServer.Response> send(String path, Headers headers, byte[] body)
          throws java.io.IOException {
        if (body.length > longest) {
          saw(Rarely.TOO_SLOW);
          return Optional.empty();
        }
        Optional<EngineServer.Response> answer = server.respond(path, headers, body);
        if (answer.isPresent() && answer.get().status() == 409) {
          saw(Rarely.DRIFT);
        }
        if (!fair && random.nextInt(6) == 0) {
          saw(Rarely.LOST_ANSWER);
          return Optional.empty();
        }
        boolean tooLong = answer.isPresent() && answer.get().text().length() > 4L * longest;
        return tooLong ? Optional.empty() : answer;
      }

      void crash() {
        atom.close();
        open();
      }

      void write() {
        String key = "task" + i(6);
        JsonValue value = new JsonString("by " + owner + " number" + ++written);
        try {
          atom.update(
              key,
              before -> {
                Map<String, JsonValue> fields =
                    new LinkedHashMap<>(before.orElse(JsonObject.EMPTY).members());
                fields.put(name, value);
                return Optional.of(JsonObject.of(fields));
              });
          last.put(key, value);
        } catch (LocalStoreException e) {
          assertThat(e.isFull()).isTrue();
          saw(Rarely.DEVICE_FULL);
        } catch (WrongReplicaException e) {
          saw(Rarely.WRONG_REPLICA); // until the right one has signed in and was asked for
        }
      }

      /** What the loop does, once. */
      Ending round() throws Exception {
        for (int i = 0; i < 5; i++) {
          if (!link.isKnown()) {
            Identity.Asked asked = identity.ask(link);
            if (asked.wrong()) {
              saw(Rarely.WRONG_REPLICA);
              atom.hide(asked.problem().orElseThrow());
              assertThat(atom.deref()).isEmpty();
            } else if (asked.problem().isEmpty()) {
              atom.showAgain();
            }
            if (asked.problem().isPresent()) {
              return asked.round().ending();
            }
          }
          Round round = atom.round(link);
          if (atom.problem().map(Problem::code).equals(Optional.of("refused_on_the_way"))) {
            saw(Rarely.REFUSED_ON_THE_WAY);
          }
          if (round.ending() == Ending.DONE) {
            identity.found();
          }
          if (round.ending() != Ending.UNIDENTIFIED) {
            return round.ending();
          }
        }
        return Ending.UNIDENTIFIED;
      }

      @Override
      public String toString() {
        return name + " " + JsonText.print(JsonObject.of(last));
      }
    }
  }
}
