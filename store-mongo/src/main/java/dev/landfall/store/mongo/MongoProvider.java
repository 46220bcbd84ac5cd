package dev.landfall.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import java.util.regex.Pattern;

/** Opens MongoDB databases. */
public final class MongoProvider implements StoreProvider {
  /** The connection string; required. It may hold a password, so it is never repeated. */
  public static final String URI = "landfall.mongo.uri";

  /** The name of the database, {@code landfall} if not set. */
  public static final String DATABASE = "landfall.mongo.database";

  /** What every version of MongoDB accepts on every operating system. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  @Override
  public String name() {
    return "mongo";
  }

  @Override
  public StoreBackend open(StoreSettings settings) {
    String database = settings.get(DATABASE).orElse("landfall");
    if (!NAME.matcher(database).matches()) {
      throw new StoreConfigurationException(
          DATABASE, "'" + database + "' is not 1 to 63 ASCII letters, digits, '_' and '-'");
    }
    String uri =
        settings
            .get(URI)
            .orElseThrow(
                () ->
                    new StoreConfigurationException(
                        URI, "is not set; the store 'mongo' needs a connection string"));
    return MongoBackend.open(parse(uri), database);
  }

  private static ConnectionString parse(String uri) {
    try {
      return new ConnectionString(uri);
    } catch (IllegalArgumentException | MongoException e) {
      throw new StoreConfigurationException(
          URI, "is not a connection string: mongodb://host:port/?options or mongodb+srv://host");
    }
  }
}
