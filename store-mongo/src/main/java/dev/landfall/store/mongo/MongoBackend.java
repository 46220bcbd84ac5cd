package dev.landfall.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.CommitListener;
import dev.landfall.api.store.CopyableStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.SharedStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bson.BSONException;
import org.bson.Document;

/** A MongoDB database, shared by any number of server nodes. */
public final class MongoBackend implements StoreBackend, SharedStore, CopyableStore {
  /** What an operation may take in all, unless the connection string says {@code timeoutMS}. */
  private static final long TIMEOUT_SECONDS = 10;

  private static final long SELECTION_SECONDS = 5;
  private static final Duration STREAM_AGAIN = Duration.ofSeconds(1);
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;

  /** The driver logs its exceptions with messages; held, or the level would be forgotten. */
  private static final Logger DRIVER = Logger.getLogger("org.mongodb.driver");

  private final MongoClient client;
  private final MongoDatabase mongo;
  private final Database database;
  private final MongoDirectory directory;
  private final CommitStream stream;
  private final ConcurrentMap<ApplicationName, MongoApplication> applications =
      new ConcurrentHashMap<>();
  private volatile boolean closed;

  private MongoBackend(MongoClient client, MongoDatabase mongo, Database database) {
    this.client = client;
    this.mongo = mongo;
    this.database = database;
    this.directory = new MongoDirectory(database.directory());
    this.stream = new CommitStream(database.log(), STREAM_AGAIN);
  }

  /**
   * Opens the database called {@code name}, creating what is missing in it.
   *
   * @throws StoreConfigurationException if the server refuses the user, or a newer version of this
   *     server has written the database; nothing in it has changed
   * @throws StoreUnavailableException if no server answers
   */
  public static MongoBackend open(ConnectionString uri, String name) {
    return open(uri, name, settings -> settings);
  }

  /** For tests, which listen to the commands. */
  static MongoBackend open(
      ConnectionString uri, String name, UnaryOperator<MongoClientSettings.Builder> more) {
    DRIVER.setLevel(Level.OFF);
    MongoClient client = MongoClients.create(more.apply(settings(uri)).build());
    boolean open = false;
    try {
      MongoDatabase mongo = client.getDatabase(name);
      mongo.runCommand(new Document("ping", 1));
      Database database = Database.of(mongo, client.getClusterDescription().getType());
      Schema.bringUpToDate(database, name);
      open = true;
      return new MongoBackend(client, mongo, database);
    } catch (MongoSecurityException e) {
      throw refused(name);
    } catch (MongoCommandException e) {
      if (e.getCode() == UNAUTHORIZED || e.getCode() == AUTHENTICATION_FAILED) {
        throw refused(name);
      }
      throw Requests.unavailable("open", e);
    } catch (BSONException e) {
      throw new StoreUnavailableException(
          "open: the server answers what the driver cannot read ("
              + e.getClass().getSimpleName()
              + ")");
    } catch (MongoException e) {
      throw new StoreUnavailableException(
          "no usable MongoDB server answers at "
              + uri.getHosts()
              + " ("
              + Requests.unavailable("open", e).getMessage()
              + ")");
    } finally {
      if (!open) {
        client.close();
      }
    }
  }

  /** Every operation is bounded as a whole: selection, connection, the reply, the majority. */
  private static MongoClientSettings.Builder settings(ConnectionString uri) {
    MongoClientSettings.Builder settings =
        MongoClientSettings.builder().applyConnectionString(uri).applicationName("landfall");
    if (uri.getTimeout() == null) {
      settings.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    if (uri.getServerSelectionTimeout() == null) {
      settings.applyToClusterSettings(
          cluster -> cluster.serverSelectionTimeout(SELECTION_SECONDS, TimeUnit.SECONDS));
    }
    if (uri.getConnectTimeout() == null) {
      settings.applyToSocketSettings(
          socket -> socket.connectTimeout((int) SELECTION_SECONDS, TimeUnit.SECONDS));
    }
    return settings;
  }

  private static StoreConfigurationException refused(String name) {
    return new StoreConfigurationException(
        MongoProvider.URI,
        "the server refuses the user of the connection string, who needs to read, write and create"
            + " indexes in the database '"
            + name
            + "'");
  }

  @Override
  public ApplicationStore application(ApplicationName application) {
    return of(application);
  }

  private MongoApplication of(ApplicationName application) {
    return applications.computeIfAbsent(application, name -> new MongoApplication(database, name));
  }

  @Override
  public Set<String> kinds() {
    return directory.kinds();
  }

  @Override
  public ApplicationContents contents(ApplicationName application) {
    return of(application).contents();
  }

  @Override
  public Set<ApplicationName> applications() {
    return Requests.attempt(
        "applications",
        () ->
            database
                .log()
                .distinct("application", String.class)
                .map(ApplicationName::new)
                .into(new HashSet<>()));
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public void follow(String epoch, CommitListener listener) {
    stream.follow(epoch, listener);
  }

  @Override
  public Optional<Set<Feed>> changed(ApplicationName application, long after) {
    return Optional.ofNullable(applications.get(application)).flatMap(it -> it.changed(after));
  }

  @Override
  public void check() {
    if (closed) {
      throw new StoreUnavailableException("check: the store is closed");
    }
    Requests.attempt("check", () -> mongo.runCommand(new Document("ping", 1)));
  }

  @Override
  public void close() {
    closed = true;
    stream.close();
    client.close();
  }
}
