package dev.landfall.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** Makes connections to one database file. */
@FunctionalInterface
interface Connector {
  Connection connect() throws SQLException;

  /**
   * Connections of the driver, to a file that is there: one that was deleted is not made anew. As a
   * URI the path may hold every character.
   */
  static Connector to(Path file) {
    String url = "jdbc:sqlite:" + file.toUri();
    return () -> {
      SQLiteConfig config = new SQLiteConfig();
      config.resetOpenMode(SQLiteOpenMode.CREATE);
      return config.createConnection(url);
    };
  }
}
