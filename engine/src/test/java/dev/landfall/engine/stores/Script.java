package dev.landfall.engine.stores;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/**
 * Random requests by a few people for a few documents, and every answer to them, to the byte. Two
 * scripts with the same seed are the same as long as the answers are.
 */
final class Script {
  private static final int STEPS = 60;
  private static final OrganisationId ACME = new OrganisationId("acme");
  private static final List<UserId> PEOPLE =
      List.of(new UserId("alice"), new UserId("bob"), new UserId("carol"));
  private static final List<CollectionName> COLLECTIONS =
      List.of(new CollectionName("tasks"), new CollectionName("notes"));

  /** Some that a store could take for something else. */
  private static final List<String> KEYS =
      List.of("a", "b", "A", "a.b", "$set", "ключ", "\uD83D\uDE00", "\uFFFD", "0", "~");

  private static final List<String> FIELDS = List.of("title", "done", "x.y", "$inc", "Größe");
  private static final SyncSettings SETTINGS =
      new SyncSettings(
          Duration.ofMinutes(5), Duration.ofDays(3), Duration.ofDays(4), Limits.DEFAULT);

  private final Random random;
  private final long seed;
  private final ApplicationName application;
  private final List<StoreBackend> nodes;
  private final List<SyncEngine> engines = new ArrayList<>();
  private final List<String> transcript = new ArrayList<>();

  /** What clients keep: the clock of the last answer, by person, owner and collection. */
  private final Map<String, HybridTimestamp> cursors = new HashMap<>();

  private final List<HybridTimestamp> clocks = new ArrayList<>(List.of(HybridTimestamp.ZERO));
  private long millis = 1_764_000_000_000L;
  private int runs;

  private Script(long seed, List<StoreBackend> nodes) {
    this.seed = seed;
    this.random = new Random(seed);
    this.application = new ApplicationName("todo" + seed);
    this.nodes = nodes;
    for (int node = 0; node < nodes.size(); node++) {
      engines.add(engine(node));
    }
  }

  /**
   * Everything that is answered, a line for each request and document. Each seed has an application
   * of its own, so that a database serves many.
   *
   * @param nodes of one database; each step asks a random one
   */
  static List<String> run(long seed, List<StoreBackend> nodes) {
    Script script = new Script(seed, nodes);
    for (int step = 0; step < STEPS; step++) {
      script.step();
    }
    script.readEverything();
    return script.transcript;
  }

  private SyncEngine engine(int node) {
    return new SyncEngine(
        nodes.get(node),
        List.of(
            new ApplicationDefinition(
                application, "", Map.of(COLLECTIONS.get(0), CollectionDefinition.FREE_FORM))),
        SETTINGS,
        () -> Instant.ofEpochMilli(millis),
        new Random(seed * 31 + ++runs),
        EngineObserver.NONE);
  }

  private void step() {
    millis += random.nextInt(20) == 0 ? Duration.ofDays(1).toMillis() : random.nextInt(2_000);
    int node = random.nextInt(nodes.size());
    SyncEngine engine = engines.get(node);
    int what = random.nextInt(100);
    String name = "step " + transcript.size() + " node " + node + ": ";
    try {
      if (what < 55) {
        sync(engine, name);
      } else if (what < 68) {
        share(engine, name);
      } else if (what < 76) {
        history(engine, name);
      } else if (what < 84) {
        CollectionName collection = any(COLLECTIONS);
        UserId caller = any(PEOPLE);
        Owner owner = owner(caller);
        HybridTimestamp since = any(clocks);
        say(
            name
                + "news "
                + engine.news(application, caller, owner, Map.of(collection, since), Set.of()));
        say(name + "hasNews " + engine.hasNews(application, caller, owner, collection, since));
      } else if (what < 90) {
        say(name + "last " + engine.lastCommit(application));
        say(
            name
                + "indexed "
                + engine.indexed(
                    application, owner(any(PEOPLE)), new DocumentKey(any(KEYS)), found()));
      } else if (what < 94) {
        say(name + "purge " + engine.purge());
      } else if (what < 96) {
        engine.withdraw(any(PEOPLE), ACME);
        engine.fence();
        say(name + "withdrawn, last " + engine.lastCommit(application));
      } else {
        engines.set(node, engine(node));
        say(name + "restarted");
      }
    } catch (SyncException e) {
      say(name + e.problem() + " " + e.text() + " " + e.details());
    }
  }

  private Optional<CollectionName> found() {
    return random.nextBoolean() ? Optional.of(any(COLLECTIONS)) : Optional.empty();
  }

  private void sync(SyncEngine engine, String name) {
    if (engines.size() > 1) {
      // A push that stores nothing may be answered as of what the node knew, which is no fault.
      say(name + "last " + engine.lastCommit(application));
    }
    UserId caller = any(PEOPLE);
    Owner owner = owner(caller);
    CollectionName collection = any(COLLECTIONS);
    String cursor = caller + " " + owner + " " + collection;
    HybridTimestamp clock =
        random.nextInt(8) == 0 ? any(clocks) : cursors.getOrDefault(cursor, HybridTimestamp.ZERO);
    List<Change> changes = new ArrayList<>();
    int size = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(6);
    for (int i = 0; i < size; i++) {
      changes.add(change(caller));
    }
    SyncRequest request =
        new SyncRequest(
            collection,
            clock,
            changes,
            random.nextInt(3) == 0 ? OptionalInt.of(1 + random.nextInt(4)) : OptionalInt.empty(),
            random.nextInt(6) == 0
                ? OptionalLong.of(1 + random.nextInt(600))
                : OptionalLong.empty(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean());
    HybridTimestamp next =
        told(name + caller + " of " + owner, engine.sync(application, caller, owner, request));
    cursors.put(cursor, next);
    clocks.add(next);
  }

  private HybridTimestamp told(String name, SyncAnswer answer) {
    say(name + " resync " + answer.resync() + " empty " + answer.isEmpty());
    say(name + " at " + answer.serverMillis() + " conflicts " + answer.conflicts());
    say(name + " acks " + answer.acknowledgements() + " refused " + answer.rejections());
    try {
      PageEnd end =
          answer.deliver(
              wire -> say(name + " " + new String(wire.toArray(), StandardCharsets.UTF_8)));
      say(name + " " + end);
      return end.serverClock();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Change change(UserId device) {
    HybridTimestamp base = random.nextInt(4) == 0 ? HybridTimestamp.ZERO : any(clocks);
    Optional<String> owner =
        random.nextInt(4) == 0 ? Optional.of(any(PEOPLE).value()) : Optional.empty();
    DocumentKey key = new DocumentKey(any(KEYS));
    if (random.nextInt(5) == 0) {
      Map<String, HybridTimestamp> stamp = Map.of("", edited(device));
      return new Change(key, Optional.empty(), stamp, base, Optional.empty(), owner);
    }
    JsonObject.Builder fields = JsonObject.builder();
    Map<String, HybridTimestamp> stamps = new LinkedHashMap<>();
    for (String field : FIELDS) {
      if (random.nextInt(3) == 0) {
        int value = random.nextInt(10);
        if (random.nextBoolean()) {
          fields.put(field, JsonNumber.of(value));
        } else {
          fields.put(field, new JsonString("v" + value + " \uD83D\uDE00"));
        }
        stamps.put(field.replace(".", "%2E"), edited(device));
      }
    }
    return new Change(key, Optional.of(fields.build()), stamps, base, Optional.empty(), owner);
  }

  private HybridTimestamp edited(UserId device) {
    return new HybridTimestamp(millis - random.nextInt(5_000), random.nextInt(2), device.value());
  }

  private void share(SyncEngine engine, String name) {
    UserId caller = any(PEOPLE);
    Visibility visibility = any(List.of(Visibility.values()));
    UserId reader = any(PEOPLE);
    boolean writes = random.nextBoolean();
    boolean takes = random.nextInt(3) == 0;
    Optional<OrganisationId> members =
        visibility == Visibility.ORG ? Optional.of(ACME) : Optional.empty();
    say(
        name
            + "shared "
            + engine.share(
                application,
                caller,
                owner(caller),
                id(caller),
                sharing ->
                    takes
                        ? sharing.without(reader, application)
                        : sharing
                            .withVisibility(visibility, members)
                            .with(new Grant(reader, application, writes))));
  }

  private void history(SyncEngine engine, String name) {
    UserId caller = any(PEOPLE);
    DocumentId id = id(random.nextInt(3) == 0 ? any(PEOPLE) : caller);
    var page =
        engine.history(application, caller, caller, id, Optional.empty(), 1 + random.nextInt(5));
    say(name + page);
    if (!page.versions().isEmpty()) {
      HybridTimestamp commit = any(page.versions()).commit();
      say(
          name
              + "restored "
              + new String(
                  engine.restore(application, caller, caller, id, commit).toArray(),
                  StandardCharsets.UTF_8));
    }
  }

  /** Through every node, for every person, in pages of three. */
  private void readEverything() {
    for (SyncEngine engine : engines) {
      for (UserId caller : PEOPLE) {
        for (CollectionName collection : COLLECTIONS) {
          HybridTimestamp clock = HybridTimestamp.ZERO;
          for (int page = 0; page < 20; page++) {
            SyncRequest request =
                new SyncRequest(
                    collection,
                    clock,
                    List.of(),
                    OptionalInt.of(3),
                    OptionalLong.empty(),
                    false,
                    true,
                    false);
            clock = told("in the end " + caller, engine.sync(application, caller, caller, request));
          }
        }
      }
    }
  }

  private Owner owner(UserId caller) {
    return random.nextInt(5) == 0 ? ACME : caller;
  }

  private DocumentId id(Owner owner) {
    return new DocumentId(owner, any(COLLECTIONS), new DocumentKey(any(KEYS)));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void say(String line) {
    transcript.add(line);
  }
}
