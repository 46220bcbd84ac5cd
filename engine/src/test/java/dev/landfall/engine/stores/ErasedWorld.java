package dev.landfall.engine.stores;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.OrganisationName;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Alice's documents wherever they can be, with words in them that stand nowhere else, among those
 * of others; and the server that is to delete her.
 */
final class ErasedWorld {
  static final UserId ALICE = new UserId("a11ce-0f-wonderland");
  static final UserId BOB = new UserId("bob");
  static final ApplicationName TODO = new ApplicationName("todo");

  /** Was configured once. */
  static final ApplicationName FORMER = new ApplicationName("former");

  static final CollectionName TASKS = new CollectionName("tasks");

  /** In every document of Alice's, in fields, values and what they were before. */
  static final String CONTENT = "wh1te-r4bbit";

  /** In the keys of documents that nobody else knows. */
  static final String KEY = "l00king-gl4ss";

  static final String EMAIL = "alice@wonderland.example";
  static final String TEAM = "te4m-text";

  private static final long START = 1_764_000_000_000L;

  long millis = START;
  final StoreBackend store;
  final InstantSource time = () -> Instant.ofEpochMilli(millis);
  final OrganisationId acme = new OrganisationId("acme-0");
  final OrganisationId lonely = new OrganisationId("lonely-1");
  private final Random random = new Random(7);
  private int founded;

  ErasedWorld(StoreBackend store) {
    this.store = store;
  }

  /** The same world in a copy of its store. */
  ErasedWorld(StoreBackend copy, ErasedWorld of) {
    this.store = copy;
    this.millis = of.millis;
    this.founded = of.founded;
  }

  SyncEngine engine(StoreBackend over, ApplicationName... names) {
    List<ApplicationDefinition> definitions = new ArrayList<>();
    for (ApplicationName name : names) {
      definitions.add(new ApplicationDefinition(name, "", Map.of()));
    }
    return new SyncEngine(
        over,
        definitions,
        SyncSettings.DEFAULT,
        time,
        random,
        new Memberships(over.directory())::check,
        EngineObserver.NONE);
  }

  Organisations organisations(StoreBackend over, SyncEngine engine) {
    return new Organisations(
        over.directory(),
        time,
        () -> new OrganisationId((founded == 0 ? "acme-" : "lonely-") + founded++),
        (organisation, user) -> {
          engine.fence();
          engine.withdraw(user, organisation);
        });
  }

  /** The server that deletes, over what leads to the store. */
  Erasures erasures(StoreBackend over) {
    SyncEngine engine = engine(over, TODO);
    return new Erasures(
        over.directory(),
        engine,
        organisations(over, engine),
        new DeletedUsers(over.directory(), time),
        time,
        List.of(owner -> removeRecord(over, "user", owner.value())));
  }

  private static void removeRecord(StoreBackend over, String kind, String name) {
    over.directory()
        .find(kind, name)
        .ifPresent(record -> over.directory().remove(kind, name, record.version()));
  }

  /** Everything is there. */
  ErasedWorld settled() {
    SyncEngine engine = engine(store, TODO, FORMER);
    Organisations organisations = organisations(store, engine);
    organisations.create(BOB, new OrganisationName("Acme"));
    organisations.add(BOB, acme, ALICE, Role.ADMIN);
    organisations.create(ALICE, new OrganisationName("Lonely"));
    store
        .directory()
        .write(
            new DirectoryRecord(
                "user", ALICE.value(), 1, Bytes.utf8("{\"email\":\"" + EMAIL + "\"}")));
    for (ApplicationName application : List.of(TODO, FORMER)) {
      push(engine, application, ALICE, ALICE, KEY, "{'" + CONTENT + "':{'a':'" + CONTENT + "'}}");
      push(engine, application, ALICE, ALICE, KEY, "{'text':'again " + CONTENT + "'}");
      push(engine, application, ALICE, ALICE, "gone" + KEY, "{'a':'" + CONTENT + "'}");
      delete(engine, application, "gone" + KEY);
      for (String key : List.of("shared", "public", "orgs", "linked")) {
        push(engine, application, ALICE, ALICE, key, "{'a':'" + CONTENT + "'}");
      }
      push(engine, application, ALICE, acme, "team", "{'a':'" + TEAM + "'}");
      push(engine, application, ALICE, lonely, "l" + KEY, "{'a':'" + CONTENT + "'}");
      push(engine, application, BOB, BOB, "bobs", "{'a':'b'}");
      push(engine, application, BOB, BOB, "kept", "{'a':'b'}");
      share(
          engine,
          application,
          ALICE,
          "shared",
          sharing ->
              sharing
                  .withVisibility(Visibility.SHARED, Optional.empty())
                  .with(new Grant(BOB, application, true)));
      share(
          engine,
          application,
          ALICE,
          "public",
          sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty()));
      share(
          engine,
          application,
          ALICE,
          "orgs",
          sharing -> sharing.withVisibility(Visibility.ORG, Optional.of(acme)));
      for (String key : List.of("bobs", "kept")) {
        share(
            engine,
            application,
            BOB,
            key,
            sharing ->
                sharing
                    .withVisibility(Visibility.SHARED, Optional.empty())
                    .with(new Grant(ALICE, application, false)));
      }
      share(
          engine,
          application,
          BOB,
          "kept",
          sharing -> sharing.withVisibility(Visibility.PRIVATE, Optional.empty()));
      // Bob writes into Alice's document: its history has words of both.
      push(engine, application, BOB, ALICE, "shared", "{'a':'by bob " + CONTENT + "'}");
    }
    return this;
  }

  void push(
      SyncEngine engine,
      ApplicationName application,
      UserId caller,
      Owner owner,
      String key,
      String fields) {
    millis += 10;
    JsonObject json;
    try {
      json = (JsonObject) JsonText.parse(fields.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new IllegalStateException(e);
    }
    Map<String, HybridTimestamp> stamps = new HashMap<>();
    json.members().keySet().forEach(name -> stamps.put(name, clock()));
    boolean own = owner instanceof OrganisationId || owner.equals(caller);
    sync(
        engine,
        application,
        caller,
        own ? owner : caller,
        new Change(
            new DocumentKey(key),
            Optional.of(json),
            stamps,
            HybridTimestamp.ZERO,
            Optional.empty(),
            own ? Optional.empty() : Optional.of(owner.value())));
  }

  private void delete(SyncEngine engine, ApplicationName application, String key) {
    millis += 10;
    sync(
        engine,
        application,
        ALICE,
        ALICE,
        new Change(
            new DocumentKey(key),
            Optional.empty(),
            Map.of("", clock()),
            HybridTimestamp.ZERO,
            Optional.empty()));
  }

  private HybridTimestamp clock() {
    return new HybridTimestamp(millis, 0, "phone");
  }

  private static void sync(
      SyncEngine engine, ApplicationName application, UserId caller, Owner owner, Change change) {
    engine.sync(
        application, caller, owner, SyncRequest.push(TASKS, HybridTimestamp.ZERO, List.of(change)));
  }

  private static void share(
      SyncEngine engine,
      ApplicationName application,
      UserId owner,
      String key,
      UnaryOperator<Sharing> change) {
    DocumentId id = new DocumentId(owner, TASKS, new DocumentKey(key));
    engine.share(application, owner, owner, id, change);
  }

  /** What a pull brings, each as {@code key}, {@code key revoked} or {@code key deleted}. */
  List<String> pull(UserId caller, Owner owner, HybridTimestamp since) {
    SyncRequest request =
        new SyncRequest(
            TASKS,
            since,
            List.of(),
            java.util.OptionalInt.empty(),
            java.util.OptionalLong.empty(),
            false,
            true,
            false);
    SyncAnswer answer = engine(store, TODO).sync(TODO, caller, owner, request);
    List<String> found = new ArrayList<>();
    try {
      answer.deliver(
          wire -> {
            try {
              JsonObject document = (JsonObject) JsonText.parse(wire.toArray());
              String key = ((dev.landfall.api.json.JsonString) document.get("_key")).value();
              String state =
                  document.get("_revoked") != null
                      ? " revoked"
                      : document.get("_deleted") != null ? " deleted" : "";
              found.add(key + state);
            } catch (JsonFormatException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Forgets what is old by now. */
  void purge() {
    SyncEngine engine = engine(store, TODO);
    int purged = engine.purge();
    while (purged > 0) {
      purged = engine.purge();
    }
  }
}
