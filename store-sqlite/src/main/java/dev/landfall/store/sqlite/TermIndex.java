package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The terms of documents, once for every feed in which the document stands and has not been
 * revoked. Of a commit only what is different is written.
 */
final class TermIndex {
  static final String PLACES = "SELECT feed FROM feed_entries WHERE document = ? AND revoked = 0";
  static final String ADD =
      "INSERT OR IGNORE INTO terms (feed, term, document) SELECT ?, value, ? FROM json_each(?)";
  static final String REMOVE =
      "DELETE FROM terms WHERE feed = ? AND document = ?"
          + " AND term IN (SELECT value FROM json_each(?))";

  private final Session session;
  private final Map<Long, Change> changes = new HashMap<>();

  TermIndex(Session session) {
    this.session = session;
  }

  /** What a commit makes of a document. */
  static final class Change {
    private final Terms before;
    private final Terms after;
    private final Set<Long> feedsBefore;
    private final Set<Long> feedsAfter;

    private Change(Terms before, Terms after, Set<Long> feeds) {
      this.before = before;
      this.after = after;
      this.feedsBefore = feeds;
      this.feedsAfter = new HashSet<>(feeds);
    }
  }

  /** Looks at what is going to be replaced by {@code document}. */
  Change changing(long namespace, StoredDocument document) throws SQLException {
    long id = 0;
    Terms before = Terms.NONE;
    try (ResultSet rows =
        session
            .prepare(
                "SELECT id, terms FROM documents WHERE namespace = ? AND key = ?",
                namespace,
                document.id().key().value())
            .executeQuery()) {
      if (rows.next()) {
        id = rows.getLong(1);
        before = Terms.parse(rows.getString(2));
      }
    }
    boolean places = id != 0 && !(before.equals(Terms.NONE) && document.terms().equals(before));
    return new Change(before, document.terms(), places ? places(id) : Set.of());
  }

  private Set<Long> places(long document) throws SQLException {
    Set<Long> feeds = new HashSet<>();
    try (ResultSet rows = session.prepare(PLACES, document).executeQuery()) {
      while (rows.next()) {
        feeds.add(rows.getLong(1));
      }
    }
    return feeds;
  }

  /** The document has been stored. */
  void add(long document, Change change) {
    changes.put(document, change);
  }

  /** The document is entered in the feed. */
  void enter(long document, long feed, boolean readable) {
    Change change = changes.get(document);
    if (change == null) {
      throw new IllegalStateException("the document has been stored before its entries");
    }
    if (readable) {
      change.feedsAfter.add(feed);
    } else {
      change.feedsAfter.remove(feed);
    }
  }

  /** Writes what is different. */
  void write() throws SQLException {
    for (Map.Entry<Long, Change> entry : changes.entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
  }

  private void write(long document, Change change) throws SQLException {
    List<String> gone = without(change.before, change.after);
    List<String> come = without(change.after, change.before);
    for (long feed : change.feedsBefore) {
      boolean stays = change.feedsAfter.contains(feed);
      write(REMOVE, feed, document, stays ? gone : change.before.values());
    }
    for (long feed : change.feedsAfter) {
      boolean stood = change.feedsBefore.contains(feed);
      write(ADD, feed, document, stood ? come : change.after.values());
    }
  }

  private void write(String sql, long feed, long document, List<String> terms) throws SQLException {
    if (!terms.isEmpty()) {
      session.update(sql, feed, document, json(terms));
    }
  }

  private static List<String> without(Terms terms, Terms others) {
    if (terms.equals(others)) {
      return List.of();
    }
    Set<String> known = new HashSet<>(others.values());
    List<String> rest = new ArrayList<>(terms.values());
    rest.removeIf(known::contains);
    return rest;
  }

  /** Terms are printable ASCII. */
  private static String json(List<String> terms) {
    StringBuilder json = new StringBuilder("[");
    for (String term : terms) {
      json.append(json.length() == 1 ? "\"" : ",\"");
      for (int i = 0; i < term.length(); i++) {
        char c = term.charAt(i);
        if (c == '"' || c == '\\') {
          json.append('\\');
        }
        json.append(c);
      }
      json.append('"');
    }
    return json.append(']').toString();
  }
}
