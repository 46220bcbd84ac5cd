package dev.landfall.store.sqlite;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads several feeds side by side, a row at a time: no more rows are read than are returned, and
 * one for each feed. With several feeds it needs a snapshot around it.
 */
final class FeedReading implements AutoCloseable {
  /**
   * One row with the horizon alone if the feed has no such entry; no row if there is no feed. What
   * is short is one text, because a column costs more on its way out of SQLite than in it; the key
   * is last, and what stands before it has no line ends.
   */
  static final String SQL =
      "SELECT f.horizon, e.position || char(10) || (2 * e.revoked + d.deleted) || char(10)"
          + " || d.namespace || char(10) || iif(d.revision = e.position, '', d.revision)"
          + " || char(10) || d.key, iif(e.revoked, x'', d.wire)"
          + " FROM feeds f"
          + " LEFT JOIN feed_entries e ON e.feed = f.id AND e.position > ? AND e.position <= ?"
          + " LEFT JOIN documents d ON d.id = e.document"
          + " WHERE f.application = ? AND f.reader = ? AND f.collection = ?"
          + " ORDER BY e.position";

  private static final char END = '\n';

  private final List<Cursor> cursors = new ArrayList<>();
  private final NamespaceNames namespaces;
  private HybridTimestamp horizon = HybridTimestamp.ZERO;

  /** What is read of one feed when there is nothing left to read. */
  interface Ends {
    /**
     * A feed has been read to its end.
     *
     * @param last the position of its last entry; the position after which it was read if there is
     *     none
     */
    void at(Feed feed, HybridTimestamp last, HybridTimestamp horizon);
  }

  FeedReading(
      Session session,
      long application,
      Set<Feed> feeds,
      HybridTimestamp after,
      HybridTimestamp upTo)
      throws SQLException {
    this.namespaces = new NamespaceNames(session);
    String from = after.toString();
    String to = upTo.toString();
    for (Feed feed : feeds) {
      ResultSet rows =
          session
              .prepareCursor(
                  cursors.size(),
                  SQL,
                  from,
                  to,
                  application,
                  feed.reader().text(),
                  feed.collection().value())
              .executeQuery();
      cursors.add(new Cursor(feed, rows));
    }
  }

  FeedPage page(int maxItems, long maxBytes) throws SQLException {
    for (Cursor cursor : cursors) {
      cursor.start();
    }
    List<FeedItem> items = new ArrayList<>();
    long bytes = 0;
    String last = "";
    for (Cursor next = oldest(); next.position.length() > 0; next = oldest()) {
      boolean full = items.size() >= maxItems || (bytes >= maxBytes && !items.isEmpty());
      if (full && !next.position.equals(last)) {
        return new FeedPage(items, true, horizon);
      }
      FeedItem item = next.item();
      items.add(item);
      bytes += item.wire().length();
      last = next.position;
      next.advance();
    }
    return new FeedPage(items, false, horizon);
  }

  /** Where the feeds end; to be asked after a page behind which there is nothing. */
  void tell(HybridTimestamp after, Ends ends) {
    for (Cursor cursor : cursors) {
      ends.at(cursor.feed, cursor.last == null ? after : cursor.last, cursor.horizon);
    }
  }

  /** The cursor with the oldest entry; one without an entry if none has any. */
  private Cursor oldest() {
    Cursor oldest = cursors.get(0);
    for (Cursor cursor : cursors) {
      boolean older = oldest.position.isEmpty() || cursor.position.compareTo(oldest.position) < 0;
      if (older && !cursor.position.isEmpty()) {
        oldest = cursor;
      }
    }
    return oldest;
  }

  @Override
  public void close() throws SQLException {
    for (Cursor cursor : cursors) {
      cursor.rows.close();
    }
  }

  private final class Cursor {
    private final Feed feed;
    private final ResultSet rows;

    /** What it stands at, empty behind the last. */
    private String entry = "";

    /** Of that entry. */
    private String position = "";

    private @Nullable HybridTimestamp last;
    private HybridTimestamp horizon = HybridTimestamp.ZERO;

    Cursor(Feed feed, ResultSet rows) {
      this.feed = feed;
      this.rows = rows;
    }

    void start() throws SQLException {
      advance();
      if (rows.getRow() > 0) {
        horizon = HybridTimestamp.parse(rows.getString(1));
        FeedReading.this.horizon = HybridTimestamp.later(FeedReading.this.horizon, horizon);
      }
    }

    void advance() throws SQLException {
      String read = rows.next() ? rows.getString(2) : null;
      entry = read == null ? "" : read;
      position = entry.substring(0, Math.max(0, entry.indexOf(END)));
    }

    FeedItem item() throws SQLException {
      HybridTimestamp at = HybridTimestamp.parse(position);
      last = at;
      int namespaceAt = position.length() + 3;
      int flags = entry.charAt(namespaceAt - 2) - '0';
      int revisionAt = entry.indexOf(END, namespaceAt) + 1;
      int keyAt = entry.indexOf(END, revisionAt) + 1;
      NamespaceNames.Name namespace =
          namespaces.of(Long.parseLong(entry, namespaceAt, revisionAt - 1, 10));
      DocumentId id =
          new DocumentId(
              namespace.owner(), namespace.collection(), new DocumentKey(entry.substring(keyAt)));
      return new FeedItem(
          new FeedEntry(
              feed, at, id, (flags & 2) == 0 ? FeedEntry.Kind.CHANGED : FeedEntry.Kind.REVOKED),
          keyAt - 1 == revisionAt
              ? at
              : HybridTimestamp.parse(entry.substring(revisionAt, keyAt - 1)),
          (flags & 1) == 1,
          Bytes.copyOf(rows.getBytes(3)));
    }
  }
}
