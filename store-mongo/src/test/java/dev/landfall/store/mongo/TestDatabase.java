package dev.landfall.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Projections;
import com.mongodb.connection.ClusterType;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.landfall.api.ApplicationName;
import dev.landfall.store.mongo.FaultyServer.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * A database of its own for one test: on the server that {@code LANDFALL_TEST_MONGO_URI} names, or
 * else in this process.
 */
public final class TestDatabase implements AutoCloseable {
  private static final AtomicBoolean TOLD = new AtomicBoolean();
  private static final String GIVEN = System.getenv("LANDFALL_TEST_MONGO_URI");

  /** What a driver of today asks for; the server would call itself 3.6. */
  private static final MongoVersion VERSION =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(7, 0, 0);
        }

        @Override
        public int getWireVersion() {
          return 21;
        }
      };

  private final MongoServer server;
  private final ConnectionString uri;
  private final boolean inProcess;

  /** Of which this is a copy, and whose connections it uses. */
  private final Optional<TestDatabase> neighbour;

  private final String name = "landfall-test-" + UUID.randomUUID();
  private MongoClient observer;
  private final List<MongoBackend> nodes = new ArrayList<>();

  private TestDatabase(MongoServer server, ConnectionString uri) {
    this.server = server;
    this.uri = uri;
    this.inProcess = server != null;
    this.neighbour = Optional.empty();
  }

  private TestDatabase(TestDatabase neighbour) {
    this.server = null;
    this.uri = neighbour.uri;
    this.inProcess = neighbour.inProcess;
    this.neighbour = Optional.of(neighbour);
  }

  /** On the server that the environment names, or else in this process. */
  public static TestDatabase create() {
    if (GIVEN == null) {
      return on(new QuickServer());
    }
    TestDatabase database = new TestDatabase(null, parse(GIVEN));
    if (TOLD.compareAndSet(false, true)) {
      database.tell();
    }
    return database;
  }

  /** Whether the server that the environment names is there. */
  public static boolean givenServerAnswers() {
    MongoClientSettings settings =
        MongoClientSettings.builder()
            .applyConnectionString(parse(GIVEN))
            .applyToClusterSettings(it -> it.serverSelectionTimeout(1, TimeUnit.SECONDS))
            .build();
    try (MongoClient client = MongoClients.create(settings)) {
      client.getDatabase("admin").runCommand(new Document("ping", 1));
      return true;
    } catch (MongoException e) {
      return false;
    }
  }

  /** Where in a request that changes something a node fails. */
  public enum Breach {
    /** Before it; no other request follows. */
    DEATH,
    /** It is not done, and the server says so. */
    REFUSAL,
    /** It is done, and the answer is lost. */
    LOST_REPLY
  }

  /**
   * In this process, whatever server the environment names, so that requests to it can fail, or to
   * its copies, which are on the same server.
   */
  public static Breakable breakable() {
    FaultyServer server = new FaultyServer();
    return new Breakable(on(server), server);
  }

  /** A database, and how to make requests to its server fail. */
  public static final class Breakable implements AutoCloseable {
    private static final Set<String> CHANGING = Set.of("insert", "update", "delete");

    private final TestDatabase database;
    private final FaultyServer server;
    private final AtomicLong changes = new AtomicLong();

    private Breakable(TestDatabase database, FaultyServer server) {
      this.database = database;
      this.server = server;
    }

    /** The database. */
    public TestDatabase database() {
      return database;
    }

    /** Lets the request that changes something and has that number, counted from now on, fail. */
    public void strike(long number, Breach breach) {
      changes.set(0);
      server.faults(
          (any, request) -> {
            boolean changing = CHANGING.contains(request.substring(0, request.indexOf(' ')));
            long count = changing ? changes.incrementAndGet() : changes.get();
            boolean it = changing && count == number;
            return switch (breach) {
              case DEATH -> count >= number ? Fault.WRITE_CONFLICT : Fault.NONE;
              case REFUSAL -> it ? Fault.WRITE_CONFLICT : Fault.NONE;
              case LOST_REPLY -> it ? Fault.INTERRUPTED_AFTER : Fault.NONE;
            };
          });
    }

    /** No more failures; returns how many requests have changed something since they began. */
    public long mend() {
      server.faults((number, request) -> Fault.NONE);
      return changes.get();
    }

    @Override
    public void close() {
      mend();
      database.close();
    }
  }

  /** Another database on the same server, with the same content. */
  public TestDatabase copy() {
    TestDatabase copy = new TestDatabase(this);
    Schema.bringUpToDate(copy.collections(), copy.name);
    MongoDatabase from = observer().getDatabase(name);
    for (String collection : from.listCollectionNames()) {
      List<Document> documents = from.getCollection(collection).find().into(new ArrayList<>());
      if (!documents.isEmpty() && !collection.equals("meta")) {
        observer().getDatabase(copy.name).getCollection(collection).insertMany(documents);
      }
    }
    return copy;
  }

  /** For the report: which server it was, in its own words. */
  private void tell() {
    Document build = observer().getDatabase("admin").runCommand(new Document("buildInfo", 1));
    System.out.println(
        "The server under test: version "
            + build.getString("version")
            + ", modules "
            + build.get("modules")
            + ", "
            + observer().getClusterDescription().getType());
  }

  /** In this process, whatever server the environment names. */
  static TestDatabase on(MemoryBackend backend) {
    return on(backend, new MongoServer(backend));
  }

  /** As {@link #create}, on a server with change streams. */
  static TestDatabase createWithChangeStreams() {
    return GIVEN == null ? withChangeStreams(new QuickServer()) : create();
  }

  /** In this process, with change streams. */
  static TestDatabase withChangeStreams(MemoryBackend backend) {
    MongoServer server = new MongoServer(backend);
    server.enableOplog();
    return on(backend, server);
  }

  private static TestDatabase on(MemoryBackend backend, MongoServer server) {
    backend.version(VERSION);
    server.bind("127.0.0.1", 0);
    return new TestDatabase(server, parse(server.getConnectionString()));
  }

  private static ConnectionString parse(String uri) {
    return new ConnectionString(uri);
  }

  ConnectionString uri() {
    return uri;
  }

  /** The connection string, with more time for the server in this process, which is slow. */
  public String address() {
    String given = uri.getConnectionString();
    return !inProcess ? given : given + "/?timeoutMS=60000&serverSelectionTimeoutMS=20000";
  }

  /** Of the database. */
  public String name() {
    return name;
  }

  MongoBackend open() {
    return open(settings -> settings);
  }

  MongoBackend open(UnaryOperator<MongoClientSettings.Builder> more) {
    MongoBackend node = MongoBackend.open(uri, name, settings -> more.apply(patient(settings)));
    nodes.add(node);
    return node;
  }

  /** For machines that are busy with other things; after a cut a server is tried again at once. */
  private static MongoClientSettings.Builder patient(MongoClientSettings.Builder settings) {
    return settings
        .timeout(60, TimeUnit.SECONDS)
        .applyToServerSettings(it -> it.minHeartbeatFrequency(5, TimeUnit.MILLISECONDS))
        .applyToClusterSettings(it -> it.serverSelectionTimeout(20, TimeUnit.SECONDS));
  }

  /** The collections as they are. */
  Database collections() {
    return Database.of(observer().getDatabase(name), ClusterType.STANDALONE);
  }

  /** Whether {@code text} stands in some document of some collection, whatever the field. */
  public boolean holds(String text) {
    for (String collection : observer().getDatabase(name).listCollectionNames()) {
      for (RawBsonDocument document :
          observer().getDatabase(name).getCollection(collection, RawBsonDocument.class).find()) {
        byte[] bytes = new byte[document.getByteBuffer().remaining()];
        document.getByteBuffer().get(0, bytes);
        if (new String(bytes, StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Tokens that stand in more than one entry of the logs; a token is of one commit. */
  public Set<String> tokensOfSeveralCommits() {
    Set<String> seen = new HashSet<>();
    Set<String> several = new HashSet<>();
    for (Document entry : collections().log().find().projection(Projections.include("token"))) {
      if (!seen.add(entry.getString("token"))) {
        several.add(entry.getString("token"));
      }
    }
    return several;
  }

  /** Whether the content of a log entry is kept. */
  boolean content(ApplicationName application, long number) {
    Document entry = new Document("application", application.value()).append("number", number);
    return collections().log().find(entry).first().containsKey("content");
  }

  private MongoClient observer() {
    if (neighbour.isPresent()) {
      return neighbour.get().observer();
    }
    if (observer == null) {
      observer = MongoClients.create(uri);
    }
    return observer;
  }

  @Override
  public void close() {
    nodes.forEach(MongoBackend::close);
    if (server == null) {
      observer().getDatabase(name).drop();
    }
    if (observer != null) {
      observer.close();
    }
    if (server != null) {
      server.shutdownNow();
    }
  }
}
