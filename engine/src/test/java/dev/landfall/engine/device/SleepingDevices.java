package dev.landfall.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.device.Devices.Standing;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A world of devices: Alice's, those of Bob, to whom she gives documents, and those of an
 * organisation. What each document should be follows from the edits that were taken alone: the
 * latest counts, whoever made it. Only whoever was away for longer than a lifetime, or has never
 * been here, may bring back what was deleted.
 */
final class SleepingDevices {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final OrganisationId CLUB = new OrganisationId("club");
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final CollectionName TASKS = new CollectionName("tasks");
  private static final int KEYS = 3;

  private static final Duration HISTORY = Duration.ofHours(1);
  private static final Duration LIFETIME = Duration.ofDays(10);
  private static final Duration RETENTION = Duration.ofDays(4_000);

  private final Random random;
  private final List<SyncEngine> nodes;
  private final List<Devices> registers;
  private final List<Device> devices = new ArrayList<>();
  private final Map<DocumentId, Edit> latest = new HashMap<>();
  private final Map<DocumentId, HybridTimestamp> deletedAgain = new HashMap<>();
  private final Set<DocumentId> undecided = new HashSet<>();
  private final StringBuilder story = new StringBuilder();
  private final boolean nameless;
  private long now = 1_764_000_000_000L;
  private int values;
  private int forgotten;
  private int tooLate;

  /** What somebody made of a document: a value, or nothing. */
  private record Edit(HybridTimestamp clock, Optional<Integer> value, HybridTimestamp base) {}

  SleepingDevices(StoreBackend store, Random random) {
    this.random = random;
    InstantSource time = () -> Instant.ofEpochMilli(now);
    SyncSettings settings =
        new SyncSettings(Duration.ofMinutes(5), HISTORY, RETENTION, Limits.DEFAULT);
    this.nodes =
        List.of(1, 2).stream()
            .map(
                unused ->
                    new SyncEngine(
                        store,
                        List.of(new ApplicationDefinition(TODO, "", Map.of())),
                        settings,
                        time,
                        new Random(random.nextLong()),
                        EngineObserver.NONE))
            .toList();
    this.registers =
        List.of(
            new Devices(store.directory(), time, LIFETIME),
            new Devices(store.directory(), time, LIFETIME));
    this.nameless = random.nextInt(5) == 0;
    devices.add(new Device("a1", ALICE, ALICE, true));
    devices.add(new Device("a2", ALICE, ALICE, true));
    devices.add(new Device("a3", ALICE, ALICE, !nameless));
    devices.add(new Device("b1", BOB, BOB, true));
    devices.add(new Device("b2", BOB, BOB, true));
    devices.add(new Device("c1", CAROL, CLUB, true));
    devices.add(new Device("c2", ALICE, CLUB, true));
  }

  int forgotten() {
    return forgotten;
  }

  int cameBackTooLate() {
    return tooLate;
  }

  void run(String name, int steps) {
    say(name);
    try {
      devices.forEach(Device::syncAtOnce);
      for (int i = 0; i < steps; i++) {
        step();
      }
      settle();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(e.getMessage() + "\n" + story, e);
    }
  }

  private void step() {
    pass(random.nextInt(10) == 0 ? Duration.ofHours(random.nextInt(60)) : Duration.ofMinutes(7));
    Device device = devices.get(random.nextInt(devices.size()));
    switch (random.nextInt(12)) {
      case 0, 1 -> device.edit();
      case 2 -> {
        device.delete();
        device.sync();
      }
      case 3 -> share();
      case 4, 5 -> purge();
      case 6 -> device.sleep();
      default -> device.sync();
    }
  }

  private void pass(Duration duration) {
    now += duration.toMillis() + 1;
  }

  private void share() {
    DocumentId id = new DocumentId(ALICE, TASKS, key());
    SyncEngine engine = node();
    List<Document> there = engine.indexed(TODO, ALICE, id.key(), Optional.of(TASKS));
    if (there.isEmpty()) {
      return;
    }
    boolean gives = random.nextInt(4) > 0;
    say((gives ? "gives " : "takes back ") + id.key().value());
    engine.share(
        TODO,
        ALICE,
        ALICE,
        id,
        sharing ->
            gives
                ? sharing
                    .withVisibility(Visibility.SHARED, Optional.empty())
                    .with(new Grant(BOB, TODO, true))
                : sharing.without(BOB, TODO));
  }

  private void purge() {
    int node = random.nextInt(nodes.size());
    DevicesPassed passed =
        new DevicesPassed(
            registers.get(node),
            organisation -> List.of(ALICE, CAROL),
            () -> Instant.ofEpochMilli(now),
            RETENTION,
            0);
    int purged = nodes.get(node).purge(passed);
    if (purged > 0) {
      say("forgets " + purged);
      forgotten += purged;
    }
  }

  private SyncEngine node() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private DocumentKey key() {
    return new DocumentKey("k" + random.nextInt(KEYS));
  }

  private void say(String what) {
    story.append(Instant.ofEpochMilli(now)).append(' ').append(what).append('\n');
  }

  /** Everybody comes back, and has then what there is. */
  private void settle() {
    for (int round = 0; round < 3; round++) {
      for (Device device : devices) {
        pass(Duration.ofMinutes(1));
        device.syncAtOnce();
      }
    }
    Map<DocumentId, Integer> expected = new HashMap<>();
    latest.forEach((id, edit) -> edit.value().ifPresent(value -> expected.put(id, value)));
    Map<DocumentId, Integer> stored = new HashMap<>();
    for (Owner owner : List.of(ALICE, CLUB)) {
      Device fresh = new Device("new", ALICE, owner, true);
      fresh.syncAtOnce();
      stored.putAll(fresh.copies);
    }
    Set<DocumentId> known = new HashSet<>(stored.keySet());
    known.addAll(expected.keySet());
    known.removeAll(undecided);
    for (DocumentId id : known) {
      assertThat(stored.get(id)).as("%s", id).isEqualTo(expected.get(id));
    }
    for (Device device : devices) {
      Device fresh = new Device("fresh", device.user, device.context, true);
      fresh.syncAtOnce();
      assertThat(device.copies).as(device.name).isEqualTo(fresh.copies);
    }
  }

  /** A device with a copy of what its user reads in one context. */
  private final class Device {
    private final String name;
    private final UserId user;
    private final Owner context;
    private final boolean named;
    private final Map<DocumentId, Integer> copies = new HashMap<>();
    private final Map<DocumentId, Edit> pending = new TreeMap<>(DocumentId.BY_OWNER_AND_KEY);
    private final Set<DocumentId> known = new HashSet<>();
    private final Set<DocumentId> gathered = new HashSet<>();
    private boolean gathers;
    private HybridTimestamp cursor = HybridTimestamp.ZERO;
    private long lastSync;
    private boolean awake = true;

    Device(String name, UserId user, Owner context, boolean named) {
      this.name = name;
      this.user = user;
      this.context = context;
      this.named = named;
    }

    void edit() {
      Optional<DocumentId> id = any();
      if (id.isPresent()) {
        int value = ++values;
        copies.put(id.get(), value);
        make(id.get(), Optional.of(value));
      }
    }

    void delete() {
      Optional<DocumentId> id = any();
      if (id.isEmpty() || copies.remove(id.get()) == null) {
        return;
      }
      if (known.contains(id.get())) {
        make(id.get(), Optional.empty());
      } else {
        pending.remove(id.get()); // nobody has seen it
      }
    }

    /** Bob has nothing of his own. */
    private Optional<DocumentId> any() {
      if (context.equals(BOB)) {
        return copies.keySet().stream().sorted(DocumentId.BY_OWNER_AND_KEY).findFirst();
      }
      return Optional.of(new DocumentId(context, TASKS, key()));
    }

    private void make(DocumentId id, Optional<Integer> value) {
      say(name + " makes " + id.key().value() + " " + value);
      pending.put(id, new Edit(new HybridTimestamp(now, 0, name), value, cursor));
    }

    /** Wakes up or goes to sleep; it may go on changing things meanwhile. */
    void sleep() {
      awake = !awake && random.nextInt(3) > 0;
    }

    /** Everything in one request, so that nothing comes in between. */
    void syncAtOnce() {
      exchange(OptionalInt.empty());
    }

    void sync() {
      if (!awake) {
        return;
      }
      boolean pages = random.nextInt(4) == 0;
      int most = pages ? 1 + random.nextInt(3) : Integer.MAX_VALUE;
      for (int page = 0; page < most; page++) {
        if (!exchange(pages ? OptionalInt.of(1 + random.nextInt(2)) : OptionalInt.empty())) {
          return;
        }
        if (pages) {
          pass(Duration.ofSeconds(20));
        }
      }
    }

    /** One request; whether there is more. */
    private boolean exchange(OptionalInt limit) {
      SyncRequest request =
          new SyncRequest(
              TASKS,
              cursor,
              pending.entrySet().stream().map(one -> change(one.getKey(), one.getValue())).toList(),
              limit,
              OptionalLong.empty(),
              false,
              true,
              true);
      int node = random.nextInt(nodes.size());
      boolean late = lastSync > 0 && now - lastSync > LIFETIME.toMillis();
      if (!named) {
        registers.get(node).seenNameless(user, TODO);
        late = false;
      } else {
        DeviceInfo info =
            new DeviceInfo(
                new DeviceId(name), Optional.empty(), Optional.empty(), Optional.empty());
        Position asked = new Position(TODO, context, TASKS, cursor, now);
        if (registers.get(node).seen(user, info, 1, asked) == Standing.AWAY) {
          request = request.startingAnew();
        }
      }
      lastSync = now;
      SyncAnswer answer = nodes.get(node).sync(TODO, user, context, request);
      if (late && !cursor.isZero()) {
        tooLate++;
        assertThat(answer.resync()).as("%s was away", name).isTrue();
      }
      say(
          name
              + " syncs from "
              + cursor
              + " "
              + pending.keySet().stream().map(id -> id.key().value()).toList()
              + (late ? " late" : "")
              + answer.resyncCause());
      taken(answer, late || cursor.isZero());
      return take(answer);
    }

    private Change change(DocumentId id, Edit edit) {
      Optional<JsonObject> fields =
          edit.value().map(value -> JsonObject.builder().put("v", value).build());
      return new Change(
          id.key(),
          fields,
          Map.of(fields.isPresent() ? "v" : "", edit.clock()),
          edit.base(),
          Optional.empty(),
          Optional.of(id.owner().value()));
    }

    /** What the edits that were taken have made of the documents. */
    private void taken(SyncAnswer answer, boolean unknown) {
      Set<DocumentKey> refused = new HashSet<>();
      answer.rejections().forEach(one -> refused.add(one.key()));
      pending.forEach(
          (id, edit) -> {
            Edit before = latest.get(id);
            if (refused.contains(id.key())) {
              assertThat(id.owner()).isNotEqualTo(context);
            } else if (edit.value().isEmpty() && (before == null || before.value().isEmpty())) {
              deletedAgain.merge(id, edit.clock(), HybridTimestamp::later);
            } else if (before == null || edit.clock().isAfter(before.clock())) {
              latest.put(id, edit);
              if (edit.clock().isAfter(deletedAgain.getOrDefault(id, HybridTimestamp.ZERO))) {
                undecided.remove(id);
              } else {
                undecided.add(id); // whether whoever deleted again knew is not known here
              }
            } else if (unknown && before.value().isEmpty() && edit.value().isPresent()) {
              undecided.add(id); // it has come back, or not
            }
          });
      pending.clear();
    }

    private boolean take(SyncAnswer answer) {
      if (answer.resync()) {
        gathers = true;
        gathered.clear();
      }
      try {
        PageEnd end = answer.deliver(wire -> take(parse(wire.toArray())));
        cursor = end.serverClock();
        if (!end.more() && gathers) {
          copies.keySet().retainAll(gathered);
          known.retainAll(gathered);
          gathers = false;
        }
        return end.more();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void take(JsonObject document) {
      String owner =
          document.get("_owner") instanceof JsonString text ? text.value() : context.value();
      DocumentId id =
          new DocumentId(
              owner.equals(CLUB.value()) ? CLUB : new UserId(owner),
              TASKS,
              new DocumentKey(((JsonString) document.members().get("_key")).value()));
      if (document.get("_deleted") != null || document.get("_revoked") != null) {
        copies.remove(id);
        known.remove(id);
        gathered.remove(id);
      } else {
        copies.put(id, ((JsonNumber) document.members().get("v")).value().intValueExact());
        known.add(id);
        gathered.add(id);
      }
    }

    private static JsonObject parse(byte[] json) {
      try {
        return (JsonObject) JsonText.parse(json);
      } catch (JsonFormatException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
