package dev.landfall.engine.document;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One document, as the server knows it.
 *
 * @param revision the clock of the last commit that changed what a reader sees
 * @param leaves by path, removed ones included; no live leaf stands above another
 * @param deletions the latest that took effect, also if an edit has brought the document back
 *     since: it has removed every leaf there was, and those nobody had heard of yet; and those that
 *     found nothing
 * @param isDeleted whether this is a tombstone; all leaves are removed then
 * @param index who wrote it first and when, and who reads it
 */
public record Document(
    DocumentId id,
    HybridTimestamp revision,
    Map<LeafPath, Leaf> leaves,
    Deletions deletions,
    boolean isDeleted,
    IndexEntry index) {

  /**
   * The entry every document has in the document index.
   *
   * @param creator who wrote it first
   * @param createdMillis when, in milliseconds since the Unix epoch
   * @param updatedMillis when it was last written, likewise
   * @param sharing who reads and writes it besides its owner
   * @param version how many revisions it has had, 1 or more
   */
  public record IndexEntry(
      UserId creator, long createdMillis, long updatedMillis, Sharing sharing, long version) {
    /** Stands for whoever wrote a document and is gone since. Nobody is issued this id. */
    public static final UserId GONE = new UserId("~gone");

    /** The entry of an erased document. */
    static final IndexEntry ERASED = new IndexEntry(GONE, 0, 0, Sharing.NONE);

    /** The entry of a document that has had one revision. */
    public IndexEntry(UserId creator, long createdMillis, long updatedMillis, Sharing sharing) {
      this(creator, createdMillis, updatedMillis, sharing, 1);
    }

    /** The entry of a new document. */
    public static IndexEntry created(UserId creator, long millis) {
      return new IndexEntry(creator, millis, millis, Sharing.NONE);
    }

    /** The entry after another revision. */
    public IndexEntry updatedAt(long millis) {
      return new IndexEntry(creator, createdMillis, millis, sharing, version + 1);
    }

    /**
     * The entry of a document that is written again by somebody who knows nothing of the deleted
     * one: nobody else reads it. Revisions go on being counted.
     */
    public IndexEntry createdAnew(UserId writer, long millis) {
      return new IndexEntry(writer, millis, millis, Sharing.NONE, version);
    }

    /** The entry without the one who wrote the document first. */
    public IndexEntry withoutCreator() {
      return new IndexEntry(GONE, createdMillis, updatedMillis, sharing, version);
    }

    /** The entry with other readers. */
    public IndexEntry with(Sharing next) {
      return new IndexEntry(creator, createdMillis, updatedMillis, next, version);
    }
  }

  public Document {
    if (isDeleted && deletions.latest().isEmpty()) {
      throw new IllegalArgumentException("a tombstone has a deletion");
    }
    leaves = Collections.unmodifiableMap(new LinkedHashMap<>(leaves));
  }

  /** What stands for a document whose owner is gone. */
  public static Document erased(DocumentId id, HybridTimestamp revision) {
    Deletion erasure = new Deletion(revision, revision);
    return new Document(id, revision, Map.of(), Deletions.of(erasure), true, IndexEntry.ERASED);
  }

  /** Whether this stands for a document whose owner is gone. */
  public boolean isErased() {
    return index.equals(IndexEntry.ERASED) && isDeleted && leaves.isEmpty();
  }

  /** The same document as one that somebody has made anew after it was deleted. */
  public Document madeAnew(UserId writer, long millis) {
    return with(index.createdAnew(writer, millis));
  }

  /** The same document without the one who wrote it first. */
  public Document withoutCreator() {
    return with(index.withoutCreator());
  }

  /** The same document with other readers. */
  public Document with(Sharing sharing) {
    return with(index.with(sharing));
  }

  /** The same document with another index entry. */
  public Document with(IndexEntry entry) {
    return new Document(id, revision, leaves, deletions, isDeleted, entry);
  }

  /** The edit clock of its deletion, if it is deleted. */
  public Optional<HybridTimestamp> deletion() {
    return isDeleted ? deletions.latest() : Optional.empty();
  }

  /** Whether this is the tombstone of a document that the server never saw alive. */
  public boolean isDeletionOfUnknown() {
    return isDeleted && deletions.last().isEmpty();
  }

  /** The leaves that have a value. */
  public Map<LeafPath, JsonValue> values() {
    return values(leaves);
  }

  /** Those of {@code leaves} that have a value, in their order. */
  public static Map<LeafPath, JsonValue> values(Map<LeafPath, Leaf> leaves) {
    Map<LeafPath, JsonValue> values = new LinkedHashMap<>();
    for (Map.Entry<LeafPath, Leaf> entry : leaves.entrySet()) {
      JsonValue value = entry.getValue().value();
      if (value != null) {
        values.put(entry.getKey(), value);
      }
    }
    return values;
  }

  /** The fields as a JSON object; empty for a tombstone. */
  public JsonObject fields() {
    return Leaves.join(values());
  }

  /**
   * What is known of a leaf; empty if nothing is. One that no later edit has reached is as the last
   * deletion left it.
   */
  public Optional<Leaf> at(LeafPath path) {
    Leaf leaf = leaves.get(path);
    Deletion deletion = deletions.last().orElse(null);
    if (deletion == null || (leaf != null && !leaf.isRemoved())) {
      return Optional.ofNullable(leaf);
    }
    if (leaf != null && !deletion.edit().isAfter(leaf.edit())) {
      return Optional.of(leaf);
    }
    return Optional.of(Leaf.removed(deletion.edit(), deletion.commit(), leaf));
  }

  /**
   * The latest edit of any leaf, removals included; zero if there is none. A value that came
   * without a clock counts from when it came: who deletes the document without having seen it does
   * not mean it. One that a server has lost in between counts for nothing: it was known before.
   */
  public HybridTimestamp latestEdit() {
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (Leaf leaf : leaves.values()) {
      latest = HybridTimestamp.later(latest, leaf.edit().isZero() ? leaf.wire() : leaf.edit());
    }
    return latest;
  }
}
