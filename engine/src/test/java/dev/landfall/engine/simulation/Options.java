package dev.landfall.engine.simulation;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What exists in one world, drawn from its seed (swarm testing, Groce et al. 2012): a world without
 * most faults finds what a world with all of them hides.
 *
 * @param users who have documents, each only their own
 * @param devices of each user
 * @param legacy how many of them are existing clients that stamp top-level fields
 * @param adapters how many are existing clients that stamp dot paths
 * @param nodes server nodes on one store
 * @param interleaved whether requests on different nodes take turns at store calls
 * @param lossPercent of requests and of answers that get lost
 * @param repeatPercent of requests that arrive twice, some of them much later
 * @param latencyMillis the longest way of a message
 * @param faultPercent of store calls that fail, before or after having happened
 * @param crashPercent of requests in which the node dies at a store call
 * @param skew how wrong the clocks of devices are
 * @param serverSteps whether the clocks of server nodes step back and stand still
 * @param restores whether devices fall back to an older state of theirs
 * @param clones whether a device may be set up from the state of another
 * @param drops whether devices drop what they hold
 * @param editsInFlight whether somebody edits while a request is on its way
 * @param paging whether corrected clients take pages
 * @param historyMillis how long the server keeps versions beyond the last eight
 * @param retentionMillis how long the server keeps tombstones
 * @param existingFarAhead whether clocks of existing clients may be as wrong as all others
 * @param repeatsAll whether in the end every request is repeated, and not only some
 * @param people what people have to do with each other
 */
record Options(
    int users,
    int devices,
    int legacy,
    int adapters,
    int nodes,
    int collections,
    int keys,
    int steps,
    boolean interleaved,
    int lossPercent,
    int repeatPercent,
    int latencyMillis,
    int faultPercent,
    int crashPercent,
    Skew skew,
    boolean serverSteps,
    boolean restores,
    boolean clones,
    boolean drops,
    boolean editsInFlight,
    boolean paging,
    long historyMillis,
    long retentionMillis,
    boolean existingFarAhead,
    boolean repeatsAll,
    Edits edits,
    People people) {

  /** How far clocks of devices are off. */
  enum Skew {
    NONE(0),
    SMALL(50),
    SECONDS(5_000),
    MINUTES(240_000),
    TOO_MUCH(900_000);

    final long millis;

    Skew(long millis) {
      this.millis = millis;
    }
  }

  /**
   * Which edits people make.
   *
   * @param awkwardNames whether fields have names with dots and percent signs
   */
  record Edits(
      boolean removals,
      boolean nested,
      boolean flips,
      boolean arrays,
      boolean texts,
      boolean deletions,
      boolean awkwardNames) {
    Edits(
        boolean removals,
        boolean nested,
        boolean flips,
        boolean arrays,
        boolean texts,
        boolean deletions) {
      this(removals, nested, flips, arrays, texts, deletions, false);
    }

    /** The same with names of fields that look like paths. */
    Edits withAwkwardNames() {
      return new Edits(removals, nested, flips, arrays, texts, deletions, true);
    }
  }

  /**
   * What there is besides documents of one person.
   *
   * @param strategies whether there are counters, sets and bounds
   * @param sharing whether documents are shared, for reading, for writing, with all or by a link
   * @param organisations whether there are organisations with members who come and go
   * @param accounts whether accounts and organisations are deleted
   * @param reads whether people search and export meanwhile
   * @param restoredServer whether the server falls back to older backups
   */
  record People(
      boolean strategies,
      boolean sharing,
      boolean organisations,
      boolean accounts,
      boolean reads,
      boolean restoredServer) {
    /** Nothing but documents. */
    static final People NONE = new People(false, false, false, false, false, false);

    /** Whether clients have to tell documents by their owners. */
    boolean hasOwners() {
      return sharing || organisations;
    }
  }

  private static final long DAY = 86_400_000L;

  static Options draw(SplittableRandom random) {
    int devices = 1 + random.nextInt(4);
    int legacy = chance(random, 40) ? random.nextInt(devices + 1) : 0;
    int adapters = chance(random, 30) ? random.nextInt(devices - legacy + 1) : 0;
    int users = chance(random, 70) ? 1 : 2 + random.nextInt(2);
    boolean restores = chance(random, 20);
    boolean serverSteps =
        chance(random, 20); // with an older state too, clocks may be stamped too low
    Skew skew = Skew.values()[random.nextInt(Skew.values().length)];
    if (restores && skew == Skew.TOO_MUCH) {
      skew =
          Skew.MINUTES; // an older state from before a correction would bring back refused clocks
    }
    return new Options(
        users,
        devices,
        legacy,
        adapters,
        1 + random.nextInt(3),
        chance(random, 60) ? 1 : 2 + random.nextInt(2),
        2 + random.nextInt(5),
        40 + random.nextInt(81),
        chance(random, 25),
        chance(random, 50) ? 5 + random.nextInt(25) : 0,
        chance(random, 50) ? 5 + random.nextInt(25) : 0,
        chance(random, 30) ? 1 : chance(random, 50) ? 200 : 30_000,
        chance(random, 25) ? 1 + random.nextInt(5) : 0,
        chance(random, 25) ? 2 + random.nextInt(15) : 0,
        skew,
        !restores && serverSteps,
        restores,
        restores, // the state of another device is as good as one's own
        chance(random, 20),
        chance(random, 40),
        chance(random, 30),
        chance(random, 20) ? 1 : 30 * DAY,
        chance(random, 20) ? 60_000L << random.nextInt(6) : 90 * DAY,
        false,
        false,
        new Edits(
            chance(random, 60),
            chance(random, 60),
            chance(random, 30),
            chance(random, 40),
            chance(random, 40),
            chance(random, 40)),
        People.NONE);
  }

  /** The same world with people who have to do with each other. */
  Options populated(SplittableRandom random) {
    boolean backups = !purges() && !forgetsHistory() && chance(random, 15);
    People drawn =
        new People(
            chance(random, 50),
            chance(random, 60),
            !backups && chance(random, 40),
            !backups && chance(random, 25),
            chance(random, 50),
            backups);
    boolean owners = drawn.hasOwners() || backups;
    Options next = this;
    next = with(next, "people", drawn);
    next = with(next, "users", owners ? 2 + random.nextInt(2) : users);
    next = with(next, "devices", owners ? 1 + random.nextInt(2) : devices);
    next = with(next, "legacy", owners ? 0 : Math.min(legacy, next.devices));
    next = with(next, "adapters", owners ? 0 : Math.min(adapters, next.devices - next.legacy));
    next = with(next, "keys", 1 + random.nextInt(3));
    next = with(next, "restores", restores && !backups); // or what a device held may be lost too
    next = with(next, "drops", drops && !backups);
    return with(next, "interleaved", interleaved || (drawn.accounts && random.nextBoolean()));
  }

  /**
   * The same world with a server that is put back from backups, and newer clients that hold what it
   * loses. None of them falls back or forgets, or what it held would be lost too. Nobody takes
   * pages: what is acknowledged in the middle of a pull and lost before its end is told by nothing.
   */
  Options restored(SplittableRandom random) {
    boolean strategies = random.nextBoolean();
    Options next = with(this, "people", new People(strategies, false, false, false, false, true));
    next = with(next, "legacy", 0);
    next = with(next, "adapters", 0);
    next = with(next, "restores", false);
    next = with(next, "clones", false);
    next = with(next, "drops", false);
    next = with(next, "paging", false);
    next = with(next, "historyMillis", 30 * DAY);
    return with(next, "retentionMillis", 90 * DAY);
  }

  /** The same world with a server that never falls back to an older backup. */
  Options withoutRestoredServer() {
    return with(this, "people", with(people, "restoredServer", false));
  }

  /** The same world with so many users who have this to do with each other. */
  Options with(People others, int number) {
    return with(with(this, "people", others), "users", number);
  }

  /**
   * The same world with other people in it, who have few documents and no other trouble than this.
   */
  Options aimed(
      Cast cast, int lossPercent, int crashPercent, Skew skew, boolean drops, Edits edits) {
    return new Options(
        1,
        cast.devices,
        cast.legacy,
        cast.adapters,
        2,
        1,
        2,
        80,
        cast.interleaved,
        lossPercent,
        lossPercent,
        200,
        0,
        crashPercent,
        skew,
        false,
        false,
        false,
        drops,
        false,
        paging,
        30 * DAY,
        90 * DAY,
        skew == Skew.TOO_MUCH,
        true,
        edits,
        People.NONE);
  }

  /** Who is there. */
  record Cast(int devices, int legacy, int adapters, boolean interleaved) {}

  static boolean chance(SplittableRandom random, int percent) {
    return random.nextInt(100) < percent;
  }

  /**
   * The worlds that differ from this one in one thing, which is simpler there, the simplest first.
   */
  List<Options> simpler() {
    List<Options> simpler = new ArrayList<>();
    Map<String, List<Object>> simplest = new LinkedHashMap<>();
    simplest.put("users", List.of(1, 2));
    simplest.put("devices", List.of(1, 2, 3));
    simplest.put("legacy", List.of(0, 1, 2));
    simplest.put("adapters", List.of(0, 1, 2));
    simplest.put("nodes", List.of(1, 2));
    simplest.put("collections", List.of(1, 2));
    simplest.put("keys", List.of(1, 2, 3));
    simplest.put("lossPercent", List.of(0));
    simplest.put("repeatPercent", List.of(0));
    simplest.put("latencyMillis", List.of(1, 200));
    simplest.put("faultPercent", List.of(0));
    simplest.put("crashPercent", List.of(0));
    simplest.put("skew", Arrays.asList((Object[]) Skew.values()));
    simplest.put("historyMillis", List.of(30 * DAY));
    simplest.put("retentionMillis", List.of(90 * DAY));
    for (RecordComponent component : Options.class.getRecordComponents()) {
      Object now = value(this, component);
      if (now instanceof Record part) {
        for (RecordComponent one : part.getClass().getRecordComponents()) {
          if (Boolean.TRUE.equals(value(part, one))) {
            simpler.add(with(this, component.getName(), with(part, one.getName(), false)));
          }
        }
      } else if (now instanceof Boolean is) {
        if (is) {
          simpler.add(with(this, component.getName(), false));
        }
      } else {
        for (Object value : simplest.getOrDefault(component.getName(), List.of())) {
          if (value.equals(now)) {
            break; // what follows is not simpler
          }
          simpler.add(with(this, component.getName(), value));
        }
      }
    }
    return simpler;
  }

  private static Object value(Record of, RecordComponent component) {
    try {
      return Objects.requireNonNull(component.getAccessor().invoke(of));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static <R extends Record> R with(R of, String changed, Object value) {
    try {
      RecordComponent[] components = of.getClass().getRecordComponents();
      Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        boolean is = components[i].getName().equals(changed);
        values[i] = is ? value : value(of, components[i]);
      }
      @SuppressWarnings("unchecked")
      Constructor<R> constructor =
          (Constructor<R>)
              of.getClass()
                  .getDeclaredConstructor(
                      Arrays.stream(components)
                          .map(RecordComponent::getType)
                          .toArray(Class<?>[]::new));
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  boolean purges() {
    return retentionMillis < DAY;
  }

  boolean forgetsHistory() {
    return historyMillis < DAY;
  }
}
