package dev.landfall.engine;

import static dev.landfall.engine.Sharer.of;
import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FreshSeed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A revoke among pushes of the owner and requests of the recipient, on several nodes, each of which
 * may come in the middle of another: before any of its calls of the store.
 */
class RevokeRaceTest {
  private static final int WORLDS = Integer.getInteger("landfall.revoke.worlds", 1_000);
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final DocumentId PLAN = TestServer.id("plan");

  @Test
  void fromTheMomentARevokeIsAcknowledgedItHolds() {
    int interruptions = 0;
    int duringRevoke = 0;
    long first = FreshSeed.of(RevokeRaceTest.class);
    for (long seed = first; seed < first + WORLDS; seed++) {
      World world = new World(seed);
      world.run();
      interruptions += world.interruptions;
      duringRevoke += world.duringRevoke;
    }

    assertThat(interruptions).isGreaterThan(3 * WORLDS);
    assertThat(duringRevoke).isGreaterThan(WORLDS);
  }

  /** Who may act at the same time, each on a node of their own. */
  private enum Actor {
    OWNER,
    REVOKER,
    PHONE,
    TABLET
  }

  /** A device of the recipient. */
  private static final class Device {
    private HybridTimestamp clock = ZERO;
    private final Map<String, JsonObject> documents = new LinkedHashMap<>();

    void take(Answer answer) {
      answer
          .documents()
          .forEach(
              (key, document) -> {
                boolean gone = document.get("_revoked") != null || document.get("_deleted") != null;
                if (gone) {
                  documents.remove(key);
                } else {
                  documents.put(key, document);
                }
              });
      clock = answer.clock();
    }
  }

  private static final class World {
    private final SplittableRandom random;
    private final String name;
    private final MemoryBackend store = new MemoryBackend(1L << 30);
    private final Map<Actor, Sharer> nodes = new LinkedHashMap<>();
    private final Map<Actor, Device> devices =
        Map.of(Actor.PHONE, new Device(), Actor.TABLET, new Device());
    private final Set<Actor> busy = new HashSet<>();
    private final UnaryOperator<Sharing> revoke;
    private long millis = TestServer.START + 1_000;
    private int edits;
    private int steps;
    private boolean running;
    private boolean revoked;
    private int interruptions;
    private int duringRevoke;

    World(long seed) {
      name = "seed " + seed;
      random = new SplittableRandom(seed);
      boolean everybody = random.nextInt(4) == 0;
      revoke =
          random.nextBoolean() || everybody
              ? sharing -> sharing.withVisibility(Visibility.PRIVATE, Optional.empty())
              : Sharer.without(BOB);
      for (Actor actor : Actor.values()) {
        FaultyBackend interrupted =
            new FaultyBackend(
                store,
                (call, moment) -> {
                  if (moment == Moment.BEFORE && running && random.nextInt(3) == 0) {
                    interrupt();
                  }
                  return false;
                });
        nodes.put(actor, new Sharer(interrupted, actor.ordinal() + 1L, () -> millis));
      }
      Sharer first = nodes.get(Actor.OWNER);
      first.sync(ALICE, ZERO, change(ZERO));
      first.share(
          ALICE,
          ALICE,
          "plan",
          everybody
              ? sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty())
              : Sharer.with(BOB, random.nextBoolean()));
      for (Actor actor : List.of(Actor.PHONE, Actor.TABLET)) {
        if (random.nextInt(3) > 0) {
          request(actor);
        }
      }
    }

    void run() {
      running = true;
      int before = random.nextInt(4);
      for (int i = 0; i < before; i++) {
        act(actor(false));
      }
      act(Actor.REVOKER);
      for (int i = 0; i < 4; i++) {
        act(actor(false));
      }
      running = false;
      assertThat(revoked).as(name).isTrue();
      for (Device device : devices.values()) {
        device.take(nodes.get(Actor.PHONE).sync(BOB, device.clock));
        assertThat(device.documents).as(name).isEmpty();
      }
      assertThat(stored()).as(name).doesNotContain("late-");
    }

    private String stored() {
      var stored = store.application(TODO).find(Set.of(PLAN)).get(PLAN);
      return JsonText.print(StoredForm.decode(stored).fields());
    }

    private Actor actor(boolean revokes) {
      List<Actor> free = new ArrayList<>(List.of(Actor.OWNER, Actor.PHONE, Actor.TABLET));
      if (revokes) {
        free.add(Actor.REVOKER);
      }
      return free.get(random.nextInt(free.size()));
    }

    private void interrupt() {
      Actor actor = actor(true);
      if (busy.size() < Actor.values().length && !busy.contains(actor) && steps < 14) {
        interruptions++;
        duringRevoke += busy.contains(Actor.REVOKER) ? 1 : 0;
        act(actor);
      }
    }

    private void act(Actor actor) {
      if (!busy.add(actor)) {
        return;
      }
      steps++;
      millis += random.nextInt(3);
      try {
        switch (actor) {
          case OWNER -> own();
          case REVOKER -> revoke();
          case PHONE, TABLET -> request(actor);
        }
      } finally {
        busy.remove(actor);
      }
    }

    private void revoke() {
      nodes.get(Actor.REVOKER).share(ALICE, ALICE, "plan", revoke);
      revoked = true;
    }

    private Change change(HybridTimestamp base) {
      HybridTimestamp clock = new HybridTimestamp(millis, edits++, "phone");
      return edit("plan", "{'a':'secret-" + edits + "'}", Map.of("a", clock), base);
    }

    private void own() {
      Sharer node = nodes.get(Actor.OWNER);
      HybridTimestamp base = node.sync(ALICE, ZERO).clock();
      node.sync(ALICE, base, change(base));
    }

    /** A pull of the recipient, or a push with or without the name of the owner, or another. */
    private void request(Actor actor) {
      boolean late = revoked;
      Sharer node = nodes.get(actor);
      Device device = devices.get(actor);
      HybridTimestamp base = device.clock;
      int edit = edits++;
      HybridTimestamp stamp = new HybridTimestamp(millis, edit, "bobs");
      String fields = "{'b':'" + (late ? "late-" : "early-") + edit + "'}";
      Change change = of(ALICE, edit("plan", fields, Map.of("b", stamp), base));
      Answer answer =
          switch (random.nextInt(5)) {
            case 0 -> node.sync(BOB, base, change);
            case 1 -> node.sync(BOB, base, of(ALICE, delete("plan", stamp, base)));
            case 2 -> node.sync(BOB, base, of(ALICE, edit("plan", "{}", Map.of(), base)));
            case 3 -> {
              history(node, late);
              yield node.sync(BOB, base);
            }
            default -> node.sync(BOB, base);
          };
      if (late) {
        assertThat(text(answer)).as(name).doesNotContain("secret");
        assertThat(answer.conflicts()).as(name).isEmpty();
        assertThat(answer.acknowledgements()).as(name).isEmpty();
      }
      device.take(answer);
    }

    private void history(Sharer node, boolean late) {
      boolean shown;
      try {
        node.engine().history(TODO, BOB, BOB, PLAN, Optional.empty(), 10);
        shown = true;
      } catch (SyncException e) {
        shown = false;
      }
      assertThat(shown && late).as(name).isFalse();
    }

    private static String text(Answer answer) {
      StringBuilder text = new StringBuilder();
      answer.documents().values().forEach(document -> text.append(JsonText.print(document)));
      return text.append(answer.rejections()).toString();
    }
  }

  @Test
  void aPushOfTheOwnerNeverWritesTheGrantBack() {
    for (int call = 1; call < 40; call++) {
      MemoryBackend store = new MemoryBackend(1L << 30);
      Sharer node = new Sharer(store, 1, () -> TestServer.START);
      HybridTimestamp stamp = new HybridTimestamp(TestServer.START, 0, "phone");
      HybridTimestamp base =
          node.sync(ALICE, ZERO, edit("plan", "{'a':1}", Map.of("a", stamp), ZERO)).clock();
      node.share(ALICE, ALICE, "plan", Sharer.with(BOB, true));
      int at = call;
      FaultyBackend interrupted =
          new FaultyBackend(
              store,
              (number, moment) -> {
                if (number.number() == at && moment == Moment.BEFORE) {
                  node.share(ALICE, ALICE, "plan", Sharer.without(BOB));
                }
                return false;
              });
      Sharer slow = new Sharer(interrupted, 2, () -> TestServer.START);
      HybridTimestamp later = new HybridTimestamp(TestServer.START + 1, 0, "phone");
      slow.sync(ALICE, base, edit("plan", "{'a':2}", Map.of("a", later), base));
      boolean over = interrupted.calls() < call;

      Sharing sharing =
          node.engine()
              .indexed(TODO, ALICE, PLAN.key(), Optional.of(TASKS))
              .get(0)
              .index()
              .sharing();
      assertThat(sharing.grants()).as("call " + call).hasSize(over ? 1 : 0);
      if (over) {
        return;
      }
    }
  }
}
