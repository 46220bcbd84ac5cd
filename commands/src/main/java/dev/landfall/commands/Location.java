package dev.landfall.commands;

import dev.landfall.api.store.BackupProvider;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a store is: {@code sqlite:FILE}, or the connection string of a MongoDB with the name of the
 * database in its path.
 */
record Location(String kind, StoreSettings settings, String text) {
  private static final String FILE = "landfall.sqlite.file";
  private static final String URI = "landfall.mongo.uri";
  private static final String DATABASE = "landfall.mongo.database";
  private static final Pattern MONGO =
      Pattern.compile("(?<scheme>mongodb(\\+srv)?://)(?<hosts>[^/?]+)(/(?<database>[^?]*))?.*");

  static Location parse(String text) {
    if (text.startsWith("sqlite:")) {
      String file = text.substring("sqlite:".length());
      return new Location("sqlite", new StoreSettings(Map.of(FILE, file)), "sqlite:" + file);
    }
    Matcher mongo = MONGO.matcher(text);
    if (!mongo.matches()) {
      throw CommandException.misuse(
          "'" + withoutPassword(text) + "' is neither sqlite:FILE nor mongodb://HOST/DATABASE.");
    }
    String database = mongo.group("database");
    if (database == null || database.isEmpty()) {
      throw CommandException.misuse(
          "'" + withoutPassword(text) + "' does not name a database: mongodb://HOST/DATABASE.");
    }
    return new Location(
        "mongo",
        new StoreSettings(Map.of(URI, text, DATABASE, database)),
        withoutPassword(mongo.group("scheme") + mongo.group("hosts") + "/" + database));
  }

  /** Where the server's settings say. */
  static Location ofSettings(Function<String, @Nullable String> setting) {
    Map<String, String> values = new TreeMap<>();
    for (String key : new String[] {FILE, URI, DATABASE}) {
      String value = setting.apply(key);
      if (value != null) {
        values.put(key, value);
      }
    }
    String kind = setting.apply("landfall.store");
    String known = kind == null ? "sqlite" : kind;
    String place =
        known.equals("sqlite")
            ? values.getOrDefault(FILE, "landfall.db")
            : values.getOrDefault(DATABASE, "landfall");
    return new Location(known, new StoreSettings(values), known + ":" + place);
  }

  private static String withoutPassword(String text) {
    return text.replaceFirst("//[^/@]*@", "//…@");
  }

  /** A command that reads makes no new database. */
  Location requireExisting() {
    String file = settings.get(FILE).orElse("landfall.db");
    if (kind.equals("sqlite") && !Files.exists(Path.of(file))) {
      throw CommandException.failure("There is no file '" + file + "'.");
    }
    return this;
  }

  StoreProvider provider() {
    for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
      if (provider.name().equals(kind)) {
        return provider;
      }
    }
    throw CommandException.misuse("There is no store '" + kind + "'.");
  }

  StoreBackend open() {
    StoreProvider provider = provider();
    return provider instanceof BackupProvider files
        ? files.openForCommand(settings)
        : provider.open(settings);
  }
}
