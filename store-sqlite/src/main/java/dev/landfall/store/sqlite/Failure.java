package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreUnavailableException.Reason;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failure of SQLite means. */
final class Failure {
  /** The part of an extended code that is the code. */
  private static final int PRIMARY = 0xff;

  private Failure() {}

  /** Why the database does not do what is asked. */
  static Reason reason(SQLException e) {
    SQLiteErrorCode code = code(e);
    if (code == SQLiteErrorCode.SQLITE_READONLY_DBMOVED) {
      return Reason.GONE;
    }
    int primary = code.code & PRIMARY;
    if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
      return Reason.FULL;
    }
    return primary == SQLiteErrorCode.SQLITE_CORRUPT.code
            || primary == SQLiteErrorCode.SQLITE_NOTADB.code
        ? Reason.CORRUPT
        : Reason.NO_ANSWER;
  }

  /** Its name, without what the driver says about it. */
  static String name(SQLException e) {
    return code(e).name();
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode()
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }
}
