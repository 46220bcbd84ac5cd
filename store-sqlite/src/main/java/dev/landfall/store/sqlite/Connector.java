package dev.landfall.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/** Makes connections to one database file. */
@FunctionalInterface
interface Connector {
  Connection connect() throws SQLException;

  /** Connections of the driver. As a URI the path may hold every character. */
  static Connector to(Path file) {
    String url = "jdbc:sqlite:" + file.toUri();
    return () -> new SQLiteConfig().createConnection(url);
  }
}
