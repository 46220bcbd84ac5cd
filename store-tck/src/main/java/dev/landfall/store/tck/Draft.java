package dev.landfall.store.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Principal;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A commit that is being written, the way the engine does it: each document with a clock of its
 * own.
 */
public final class Draft {
  private static final long START = 1_700_000_000_000L;

  private final long number;
  private final long millis;
  private int sequence;
  private String epoch = "e1";
  private String token;
  private final List<StoredDocument> documents = new ArrayList<>();
  private final List<FeedEntry> entries = new ArrayList<>();

  private Draft(Tip tip) {
    number = tip.number() + 1;
    millis = Math.max(START, tip.clock().millis() + 1);
    token = "t" + number;
  }

  /** The commit that comes after {@code tip}. */
  public static Draft after(Tip tip) {
    return new Draft(tip);
  }

  /** Writes and appends the next commit. */
  public static Commit append(ApplicationStore store, Consumer<Draft> content) {
    Draft draft = after(store.tip());
    content.accept(draft);
    Commit commit = draft.commit();
    assertThat(store.append(commit)).isEqualTo(AppendOutcome.APPENDED);
    return commit;
  }

  /** Sets the epoch, {@code e1} if it is not set. */
  public Draft epoch(String epoch) {
    this.epoch = epoch;
    return this;
  }

  /** Sets the token, one that depends on the number alone if it is not set. */
  public Draft token(String token) {
    this.token = token;
    return this;
  }

  /** Stores a document that has changed for {@code readers}. */
  public Draft put(DocumentId id, String wire, Principal... readers) {
    return put(id, false, Bytes.utf8(wire), readers);
  }

  /** Stores a document that has changed for {@code readers}. */
  public Draft put(DocumentId id, boolean deleted, Bytes wire, Principal... readers) {
    return put(
        new StoredDocument(id, tick(), deleted, wire, Bytes.utf8("r"), Bytes.EMPTY), readers);
  }

  /** Stores a document that has changed for {@code readers} at its revision. */
  public Draft put(StoredDocument document, Principal... readers) {
    documents.add(document);
    for (Principal reader : readers) {
      enter(reader, document.id(), document.revision(), FeedEntry.Kind.CHANGED);
    }
    return this;
  }

  /** Stores a document that has changed for {@code readers} and is found by {@code terms}. */
  public Draft put(DocumentId id, Terms terms, Principal... readers) {
    return put(
        new StoredDocument(id, tick(), false, Bytes.utf8("w"), Bytes.utf8("r"), Bytes.EMPTY, terms),
        readers);
  }

  /** Stores {@code document} as it is but for its terms, without an entry for anybody. */
  public Draft index(StoredDocument document, Terms terms) {
    return put(
        new StoredDocument(
            document.id(),
            document.revision(),
            document.deleted(),
            document.wire(),
            document.record(),
            document.history(),
            terms));
  }

  /** Stores a tombstone that {@code readers} are to learn of. */
  public Draft delete(DocumentId id, Principal... readers) {
    return put(id, true, Bytes.utf8("gone"), readers);
  }

  /** Stores a document that {@code reader} has lost and for nobody else has changed. */
  public Draft revoke(StoredDocument document, Principal reader) {
    documents.add(document);
    return enter(reader, document.id(), tick(), FeedEntry.Kind.REVOKED);
  }

  /** Enters a document of this commit in a feed. */
  public Draft enter(
      Principal reader, DocumentId id, HybridTimestamp position, FeedEntry.Kind kind) {
    return enter(new Feed(reader, id.collection()), id, position, kind);
  }

  /** Enters a document of this commit in a feed, which may be of another collection. */
  public Draft enter(Feed feed, DocumentId id, HybridTimestamp position, FeedEntry.Kind kind) {
    entries.add(new FeedEntry(feed, position, id, kind));
    return this;
  }

  /** A clock of this commit, later than those before. */
  public HybridTimestamp tick() {
    return new HybridTimestamp(millis, sequence++, "s1." + epoch);
  }

  /** The commit; its clock is later than all its documents'. */
  public Commit commit() {
    return new Commit(number, tick(), epoch, token, documents, entries);
  }
}
