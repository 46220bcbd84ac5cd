package dev.landfall.store.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds out whether a database is sound: its pages and indexes, and what is stored twice. */
final class Verification {
  /** How many of something are wrong, by what is wrong with them. */
  private static final Map<String, String> COUNTS = new LinkedHashMap<>();

  static {
    COUNTS.put(
        "documents belong to no namespace of their application",
        "SELECT count(*) FROM documents d WHERE NOT EXISTS (SELECT 1 FROM namespaces n"
            + " WHERE n.id = d.namespace AND n.application = d.application)");
    COUNTS.put(
        "feed entries are about no document of their application",
        "SELECT count(*) FROM feed_entries e WHERE NOT EXISTS (SELECT 1 FROM documents d"
            + " WHERE d.id = e.document AND d.application = e.application)");
    COUNTS.put(
        "feed entries are in no feed of their application",
        "SELECT count(*) FROM feed_entries e WHERE NOT EXISTS (SELECT 1 FROM feeds f"
            + " WHERE f.id = e.feed AND f.application = e.application)");
    COUNTS.put(
        "feed entries say wrongly whether the document is somebody else's",
        "SELECT count(*) FROM feed_entries e JOIN feeds f ON f.id = e.feed"
            + " JOIN documents d ON d.id = e.document JOIN namespaces n ON n.id = d.namespace"
            + " WHERE e.foreign_key IS NOT CASE WHEN n.owner = f.reader THEN NULL ELSE d.key END");
    COUNTS.put(
        "terms are of documents that do not stand in their feed",
        "SELECT count(*) FROM terms t WHERE NOT EXISTS (SELECT 1 FROM feed_entries e"
            + " WHERE e.document = t.document AND e.feed = t.feed AND e.revoked = 0)");
    COUNTS.put(
        "terms are missing, or too many",
        "SELECT abs((SELECT count(*) FROM terms) - (SELECT coalesce(sum("
            + "length(d.terms) - length(replace(d.terms, char(10), '')) + 1), 0)"
            + " FROM feed_entries e JOIN documents d ON d.id = e.document"
            + " WHERE e.revoked = 0 AND d.terms <> ''))");
    COUNTS.put(
        "applications have no log",
        "SELECT count(*) FROM applications a WHERE NOT EXISTS"
            + " (SELECT 1 FROM log l WHERE l.application = a.id)");
    COUNTS.put(
        "logs have a gap",
        "SELECT count(*) FROM (SELECT 1 FROM log GROUP BY application"
            + " HAVING max(number) - min(number) + 1 <> count(*))");
    COUNTS.put(
        "commits are not later than the one before",
        "SELECT count(*) FROM log a JOIN log b ON b.application = a.application"
            + " AND b.number = a.number + 1 WHERE b.clock <= a.clock");
  }

  private Verification() {}

  /** What is wrong, a sentence each. */
  static List<String> of(Session session) throws SQLException {
    List<String> wrong = new ArrayList<>();
    try (ResultSet rows = session.prepare("PRAGMA integrity_check(20)").executeQuery()) {
      while (rows.next()) {
        String line = rows.getString(1);
        if (!line.equals("ok")) {
          wrong.add("SQLite: " + line);
        }
      }
    }
    if (wrong.isEmpty()) {
      for (Map.Entry<String, String> count : COUNTS.entrySet()) {
        long number = session.number(count.getValue());
        if (number != 0) {
          wrong.add(number + " " + count.getKey() + ".");
        }
      }
    }
    return wrong;
  }
}
