package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.tck.FreshSeed;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a push is told the same way whether another request has changed the document
 * before the push was committed or after that, while the answer was made. Existing clients keep
 * their own value unless a later clock comes with the other.
 */
class OvertakenPushTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp EARLIER = at(1_000, "laptop");
  private static final HybridTimestamp LATER = at(4_000, "phone");
  private static final List<String> FIELDS = List.of("a", "b", "c", "d%e");

  private final WatchedStore store = new WatchedStore();
  private final Sharer server = new Sharer(store, 1, () -> TestServer.START + 5_000);

  private Answer overtaken(UserId user, Change pushed, Runnable other) {
    store.forget();
    boolean[] done = {false};
    store.before(
        () -> {
          if (!done[0] && store.calls.get(store.calls.size() - 1).equals("feed")) {
            done[0] = true;
            other.run();
          }
        });
    Answer answer = server.sync(user, user, ZERO, false, pushed);
    assertThat(done[0]).isTrue();
    return answer;
  }

  @Test
  void anObjectThatAnotherRequestAddedToMeanwhileComesWithALaterClockThanItWasSentWith() {
    Change pushed = edit("plan", "{'o':{'a':1}}", Map.of("o", LATER), ZERO);
    Change other = edit("plan", "{'o':{'b':2}}", Map.of("o", EARLIER), ZERO);

    Answer answer = overtaken(ALICE, pushed, () -> server.sync(ALICE, ALICE, ZERO, false, other));

    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'o':{'a':1,'b':2}}"));
    assertThat(answer.fieldClock("plan", "o")).isGreaterThan(LATER);
  }

  @Test
  void soDoesOneOfSomebodyElse() {
    server.sync(ALICE, ZERO, edit("plan", "{'o':{'a':1}}", Map.of("o", EARLIER), ZERO));
    server.share(ALICE, ALICE, "plan", Sharer.with(BOB, true));
    HybridTimestamp base = server.sync(BOB, ZERO).revision("plan");
    Change pushed = Sharer.of(ALICE, edit("plan", "{'o':{'a':3}}", Map.of("o", LATER), base));
    Change other = edit("plan", "{'o':{'a':1,'b':2}}", Map.of("o.b", EARLIER), ZERO);

    Answer answer = overtaken(BOB, pushed, () -> server.sync(ALICE, ALICE, ZERO, false, other));

    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'o':{'a':3,'b':2}}"));
    assertThat(answer.fieldClock("plan", "o")).isGreaterThan(LATER);
  }

  @Test
  void whateverIsPushedIsToldTheSameBeforeAndAfterTheOther() {
    Random random = new Random(FreshSeed.of(OvertakenPushTest.class));
    for (int i = 0; i < 300; i++) { // each answer has all documents before it
      String first = "first" + i;
      String second = "second" + i;
      Change pushed = change(first, random, random.nextBoolean() ? "phone" : "pad");
      Change other = change(first, random, "laptop");

      server.sync(ALICE, ALICE, ZERO, false, other);
      Answer before = server.sync(ALICE, ALICE, ZERO, false, pushed);
      Answer after =
          overtaken(
              ALICE,
              renamed(pushed, second),
              () -> server.sync(ALICE, ALICE, ZERO, false, renamed(other, second)));

      String both = pushed + " and " + other;
      assertThat(after.fields(second)).as(both).isEqualTo(before.fields(first));
      assertThat(taken(pushed, before, first)).as(both).isEqualTo(before.fields(first));
      assertThat(taken(pushed, after, second)).as(both).isEqualTo(after.fields(second));
    }
  }

  /** What an existing client has that sent {@code pushed} and takes what came with later clocks. */
  private static JsonObject taken(Change pushed, Answer answer, String key) {
    JsonObject mine = pushed.fields().orElseThrow();
    JsonObject theirs = answer.fields(key);
    JsonObject clocks = Vectors.object(answer.documents().get(key), "_fieldRevs");
    JsonObject.Builder result = JsonObject.builder();
    Set<String> names = new LinkedHashSet<>(theirs.members().keySet());
    names.addAll(mine.members().keySet());
    for (String name : names) {
      boolean newer =
          clocks.get(name) != null
              && Vectors.clock(clocks, name)
                  .isAfter(pushed.stamps().getOrDefault(name, HybridTimestamp.ZERO));
      JsonValue value = newer ? theirs.get(name) : mine.get(name);
      if (value != null) {
        result.put(name, value);
      }
    }
    return result.build();
  }

  private static Change renamed(Change change, String key) {
    return new Change(
        new DocumentKey(key),
        change.fields(),
        change.stamps(),
        change.baseClock(),
        change.base(),
        change.owner());
  }

  private static Change change(String key, Random random, String node) {
    JsonObject.Builder fields = JsonObject.builder();
    Map<String, HybridTimestamp> stamps = new HashMap<>();
    for (String name : FIELDS) {
      int kind = random.nextInt(3);
      JsonNumber number = JsonNumber.of(random.nextInt(1_000));
      if (kind == 0) {
        fields.put(name, number);
      } else if (kind == 1) {
        fields.put(name, JsonObject.of(Map.of(random.nextBoolean() ? "x" : "y", number)));
      } else {
        continue;
      }
      stamps.put(name, at(random.nextInt(1_000), node));
    }
    return new Change(
        new DocumentKey(key), Optional.of(fields.build()), stamps, ZERO, Optional.empty());
  }
}
