package dev.landfall.client;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.Quota;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.query.Questions;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The engine over the memory store behind the JDK's HTTP server: sync and live hints of the
 * application {@code planner}. The token is the name of the user. In the collection {@code strict},
 * a title is a text; in {@code counts}, the field {@code n} is a counter.
 */
public final class EngineServer implements AutoCloseable {
  static final ApplicationName PLANNER = new ApplicationName("planner");

  private volatile SyncEngine engine;
  private final Quota quota;
  private final Optional<HttpServer> http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
  private final InstantSource clock;
  private final AtomicInteger epochs = new AtomicInteger();

  /** Tokens that are not accepted. */
  final Set<String> expired = ConcurrentHashMap.newKeySet();

  /** How many of the next answers get lost, with what was asked done. */
  final AtomicInteger losesAnswers = new AtomicInteger();

  /** Whether answers to requests with changes get lost, with what was asked done. */
  volatile boolean losesAnswersToChanges;

  /** How many of the next requests are not served. */
  final AtomicInteger isDown = new AtomicInteger();

  /** How many requests have been answered. */
  final AtomicInteger requests = new AtomicInteger();

  /** How many changes have been in them. */
  final AtomicInteger changes = new AtomicInteger();

  /** How many requests have been refused for want of room. */
  final AtomicInteger withoutRoom = new AtomicInteger();

  /** What it calls itself; nothing, as earlier versions do, if it is empty. */
  volatile Optional<String> instance = Optional.of("instance-1");

  /** Another one whenever it was set back; nothing, as earlier versions do, if it is empty. */
  volatile Optional<String> epoch = Optional.of("epoch-1");

  /** Whether it says that it has forgotten on purpose whenever it begins with everything. */
  volatile boolean purges;

  /** What stands before it and answers some requests itself, by their bodies. */
  volatile Function<String, Optional<Strange>> proxy = body -> Optional.empty();

  /** An answer that is not the server's. */
  record Strange(int status, String text) {}

  /** Whether nobody is in an organisation any more. */
  volatile boolean hasNoMembers;

  /** What comes with each answer. */
  volatile List<JsonValue> warnings = List.of();

  /** The requests, newest last. */
  final List<JsonObject> bodies = new CopyOnWriteArrayList<>();

  /** Their headers. */
  final List<Headers> headers = new CopyOnWriteArrayList<>();

  /** Whom it was asked who they are. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** What goes into {@code X-Auth-Token}. */
  volatile Optional<String> fresherToken = Optional.empty();

  /** Whether it tells of news. */
  volatile boolean live = true;

  /** Runs before a request is answered. */
  volatile Runnable before = () -> {};

  /** A server at the current time. */
  public static EngineServer start() throws IOException {
    return new EngineServer(InstantSource.system());
  }

  /** A server where everybody may have so many documents. */
  static EngineServer withRoomFor(long documents) throws IOException {
    return new EngineServer(InstantSource.system(), new Quota(documents, Long.MAX_VALUE));
  }

  /** A server that nobody can connect to; it is asked by {@link #respond}. */
  public static EngineServer inProcess(InstantSource clock) {
    return new EngineServer(clock, Quota.NONE, Optional.empty());
  }

  EngineServer(InstantSource clock) throws IOException {
    this(clock, Quota.NONE);
  }

  private EngineServer(InstantSource clock, Quota quota) throws IOException {
    this(
        clock,
        quota,
        Optional.of(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)));
    HttpServer server = http.orElseThrow();
    server.setExecutor(threads);
    server.createContext("/planner/sync", this::serve);
    server.createContext("/auth/me", this::serve);
    server.createContext("/planner/search", this::serve);
    server.createContext("/planner/live", this::live);
    server.start();
  }

  private EngineServer(InstantSource clock, Quota quota, Optional<HttpServer> http) {
    this.clock = clock;
    this.quota = quota;
    this.engine = empty();
    this.http = http;
  }

  /** An engine that has nothing. */
  private SyncEngine empty() {
    DocumentSchema titles =
        document ->
            document.get("title") == null || document.get("title") instanceof JsonString
                ? List.of()
                : List.of(new DocumentSchema.Violation("title", "is not a text"));
    return new SyncEngine(
        new MemoryProvider().open(new StoreSettings(Map.of())),
        List.of(
            new ApplicationDefinition(
                PLANNER,
                "",
                Map.of(
                    new CollectionName("strict"),
                    new CollectionDefinition(titles, MergeStrategies.NONE),
                    new CollectionName("counts"),
                    new CollectionDefinition(
                        document -> List.of(),
                        new MergeStrategies(
                            Map.of(LeafPath.ofField("n"), MergeStrategy.COUNTER)))))),
        new SyncSettings(
            SyncSettings.DEFAULT.maxDrift(),
            SyncSettings.DEFAULT.history(),
            SyncSettings.DEFAULT.tombstoneRetention(),
            new Limits(1024 * 1024, 64, 10_000, 10_000, 1_000, quota)),
        clock,
        new Random(epochs.incrementAndGet()),
        EngineObserver.NONE);
  }

  /** Everything is gone, as if a volume had not been mounted. */
  void loseEverything() {
    engine = empty();
  }

  /** Its address. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + http.orElseThrow().getAddress().getPort());
  }

  SyncEngine engine() {
    return engine;
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      Optional<Response> response = respond(path, exchange.getRequestHeaders(), body);
      if (response.isPresent()) { // else the connection ends without an answer
        response.get().headers().forEach(exchange.getResponseHeaders()::set);
        answer(exchange, response.get().status(), response.get().text());
      }
    }
  }

  /** An answer. */
  record Response(int status, String text, Map<String, String> headers) {
    Response(int status, String text) {
      this(status, text, Map.of());
    }
  }

  /** What is answered; empty if the answer gets lost. */
  Optional<Response> respond(String path, Headers given, byte[] body) throws IOException {
    String token = String.valueOf(given.getFirst("Authorization")).replace("Bearer ", "");
    if (isDown.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Optional.of(new Response(503, "{\"error\":\"down\",\"code\":\"unavailable\"}"));
    }
    if (path.equals("/auth/me")) {
      return Optional.of(me(token));
    }
    before.run();
    Optional<Strange> strange = proxy.apply(new String(body, StandardCharsets.UTF_8));
    if (strange.isPresent()) {
      return Optional.of(new Response(strange.get().status(), strange.get().text()));
    }
    headers.add(given);
    if (expired.contains(token)) {
      return Optional.of(signIn());
    }
    Optional<String> organisation = Optional.ofNullable(given.getFirst("X-Org-Id"));
    if (organisation.isPresent() && hasNoMembers) {
      return Optional.of(
          new Response(
              403, "{\"error\":\"no\",\"code\":\"forbidden\",\"reason\":\"not_a_member\"}"));
    }
    Map<String, String> sent = new LinkedHashMap<>();
    fresherToken.ifPresent(fresh -> sent.put("X-Auth-Token", fresh));
    if (path.equals("/planner/search")) {
      return Optional.of(search(user(token), body));
    }
    int already = changes.get();
    Response response = sync(user(token), organisation, body, sent);
    requests.incrementAndGet();
    if (losesAnswersToChanges && changes.get() > already) {
      return Optional.empty();
    }
    return losesAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0
        ? Optional.empty()
        : Optional.of(response);
  }

  private Response sync(
      UserId user, Optional<String> organisation, byte[] body, Map<String, String> sent)
      throws IOException {
    Owner owner = organisation.<Owner>map(OrganisationId::new).orElse(user);
    try {
      bodies.add((JsonObject) JsonText.parse(body));
      return new Response(200, answer(user, owner, request(JsonText.parse(body))), sent);
    } catch (SyncException e) {
      int status = e.problem().status();
      if (status == 429) {
        withoutRoom.incrementAndGet();
        sent.put("Retry-After", "60");
      }
      JsonObject.Builder problem =
          JsonObject.builder().put("error", e.text()).put("code", e.problem().code());
      e.details().ifPresent(details -> problem.put("details", details));
      return new Response(status, JsonText.print(problem.build()), sent);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private Response search(UserId user, byte[] body) throws IOException {
    try {
      JsonObject question = (JsonObject) JsonText.parse(body);
      CollectionName collection =
          new CollectionName(((JsonString) question.members().get("collection")).value());
      SearchRequest asked = Questions.read(collection, question);
      Optional<String> after =
          question.get("after") instanceof JsonString place
              ? Optional.of(place.value())
              : Optional.empty();
      SearchPage page =
          engine.search(
              PLANNER,
              user,
              user,
              new SearchRequest(
                  collection,
                  asked.filter(),
                  asked.text(),
                  asked.sort(),
                  asked.limit(),
                  after,
                  asked.projection(),
                  true));
      List<JsonValue> results = new ArrayList<>();
      for (Bytes wire : page.results()) {
        results.add(JsonText.parse(wire.toArray()));
      }
      JsonObject.Builder answer = JsonObject.builder().put("results", new JsonArray(results));
      page.after().ifPresent(place -> answer.put("after", place));
      return new Response(200, JsonText.print(answer.build()));
    } catch (JsonFormatException e) {
      throw new IOException(e);
    }
  }

  private Response me(String token) {
    if (expired.contains(token)) {
      return signIn();
    }
    asked.add(token);
    JsonObject.Builder json = JsonObject.builder().put("userId", user(token).value());
    instance.ifPresent(name -> json.put("instance", name));
    epoch.ifPresent(name -> json.put("epoch", name));
    return new Response(200, JsonText.print(json.build()));
  }

  private static Response signIn() {
    return new Response(401, "{\"error\":\"sign in\",\"code\":\"unauthorized\"}");
  }

  private static UserId user(String token) {
    return new UserId(token.replaceAll("-.*", ""));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** What Alice is answered; the time is left out. */
  public String answer(JsonObject request) throws Exception {
    UserId alice = new UserId("alice");
    return answer(alice, alice, request(request)).replaceAll(",\"serverTime\":[0-9]+", "");
  }

  /** Does what is asked, and says what a server would. */
  String answer(UserId user, Owner whose, SyncRequest request) throws Exception {
    changes.addAndGet(request.changes().size());
    SyncAnswer answer = engine.sync(PLANNER, user, whose, request);
    List<JsonValue> documents = new ArrayList<>();
    PageEnd end =
        answer.deliver(
            document -> {
              try {
                documents.add(JsonText.parse(document.utf8()));
              } catch (dev.landfall.api.json.JsonFormatException e) {
                throw new IllegalStateException(e);
              }
            });
    List<JsonValue> acks = new ArrayList<>();
    answer
        .acknowledgements()
        .forEach(
            ack -> {
              JsonObject.Builder json =
                  JsonObject.builder()
                      .put("key", ack.key().value())
                      .put("rev", ack.revision().toString());
              ack.owner().ifPresent(owner -> json.put("owner", owner.value()));
              acks.add(json.build());
            });
    List<JsonValue> rejected = new ArrayList<>();
    answer
        .rejections()
        .forEach(
            one ->
                rejected.add(
                    JsonObject.builder()
                        .put("key", one.key().value())
                        .put("code", one.code())
                        .put("details", one.details())
                        .build()));
    List<JsonValue> conflicts = new ArrayList<>();
    answer
        .conflicts()
        .forEach(
            one -> {
              Map<String, JsonValue> members =
                  new LinkedHashMap<>(one.conflict().toJson().members());
              members.put("key", new JsonString(one.key().value()));
              one.owner().ifPresent(owner -> members.put("owner", new JsonString(owner.value())));
              conflicts.add(JsonObject.of(members));
            });
    if (!request.changes().isEmpty()) {
      tell(request.collection(), end.serverClock());
    }
    JsonObject.Builder json =
        JsonObject.builder()
            .put("serverChanges", new JsonArray(documents))
            .put("serverClock", end.serverClock().toString())
            .put("conflicts", new JsonArray(conflicts))
            .put("acks", new JsonArray(acks))
            .put("rejected", new JsonArray(rejected))
            .put("warnings", new JsonArray(warnings))
            .put("more", end.more())
            .put("serverTime", clock.millis());
    answer.resyncCause().ifPresent(cause -> json.put("resync", purges ? "purged" : cause.wire()));
    instance.ifPresent(name -> json.put("instance", name));
    return JsonText.print(json.build());
  }

  /** Reads a request as the server does. */
  static SyncRequest request(JsonValue body) {
    JsonObject json = (JsonObject) body;
    List<Change> changes = new ArrayList<>();
    for (JsonValue one : ((JsonArray) json.get("changes")).values()) {
      changes.add(change((JsonObject) one));
    }
    return new SyncRequest(
        new CollectionName(text(json, "collection")),
        HybridTimestamp.parse(text(json, "clientClock")),
        changes,
        OptionalInt.of(((JsonNumber) json.get("limit")).value().intValueExact()),
        OptionalLong.of(((JsonNumber) json.get("maxBytes")).value().longValueExact()),
        true,
        true,
        text(json, "onInvalid").equals("skip"));
  }

  private static Change change(JsonObject json) {
    Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
    ((JsonObject) json.get("fieldRevs"))
        .members()
        .forEach(
            (path, clock) -> clocks.put(path, HybridTimestamp.parse(((JsonString) clock).value())));
    boolean deletes = json.get("deleted") == JsonBoolean.TRUE;
    return new Change(
        new DocumentKey(text(json, "key")),
        deletes
            ? Optional.empty()
            : Optional.of(StoredForm.withoutProtocol((JsonObject) json.get("doc"))),
        clocks,
        HybridTimestamp.parse(text(json, "baseClock")),
        Optional.ofNullable((JsonObject) json.get("base")),
        Optional.ofNullable((JsonString) json.get("owner")).map(JsonString::value));
  }

  private static String text(JsonObject json, String name) {
    return ((JsonString) json.get(name)).value();
  }

  private void live(HttpExchange exchange) throws IOException {
    if (!live) {
      try (exchange) {
        exchange.sendResponseHeaders(404, -1);
      }
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream stream = exchange.getResponseBody();
    stream.write(":\n\n".getBytes(StandardCharsets.UTF_8));
    stream.flush();
    streams.add(stream);
  }

  private void tell(CollectionName collection, HybridTimestamp until) {
    String data =
        JsonText.print(
            JsonObject.builder()
                .put("collection", collection.value())
                .put("serverClock", until.toString())
                .build());
    byte[] event = ("event: change\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    for (OutputStream stream : streams) {
      try {
        synchronized (stream) {
          stream.write(event);
          stream.flush();
        }
      } catch (IOException gone) {
        streams.remove(stream);
      }
    }
  }

  /** Ends all streams. */
  void endStreams() throws IOException {
    for (OutputStream stream : streams) {
      stream.close();
    }
    streams.clear();
  }

  @Override
  public void close() {
    http.ifPresent(server -> server.stop(0));
    threads.shutdownNow();
  }
}
