package dev.landfall.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterType;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.landfall.api.ApplicationName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final String name = "landfall-test-" + UUID.randomUUID();
  private MongoClient observer;
  private final List<MongoBackend> nodes = new ArrayList<>();

  private TestDatabase(MongoServer server, ConnectionString uri) {
    this.server = server;
    this.uri = uri;
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
    backend.version(VERSION);
    MongoServer server = new MongoServer(backend);
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
    return server == null ? given : given + "/?timeoutMS=60000&serverSelectionTimeoutMS=20000";
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

  /** Whether the content of a log entry is kept. */
  boolean content(ApplicationName application, long number) {
    Document entry = new Document("application", application.value()).append("number", number);
    return collections().log().find(entry).first().containsKey("content");
  }

  private MongoClient observer() {
    if (observer == null) {
      observer = MongoClients.create(uri);
    }
    return observer;
  }

  @Override
  public void close() {
    if (observer != null) {
      observer.close();
    }
    nodes.forEach(MongoBackend::close);
    if (server == null) {
      try (MongoClient client = MongoClients.create(uri)) {
        client.getDatabase(name).drop();
      }
    } else {
      server.shutdownNow();
    }
  }
}
