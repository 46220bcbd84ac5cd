package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.LeafPath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** What somebody did to a leaf, or, under the empty path, to a document as a whole. */
final class Write {
  /**
   * That the server holds what the device held, which it may take as what it makes its pending
   * edits from.
   *
   * @param arrived what had arrived when the server said so
   */
  record Agreement(HybridTimestamp revision, JsonObject document, BitSet arrived) {}

  /** The path of a deletion. */
  static final LeafPath DOCUMENT = new LeafPath("");

  final int id;
  final String device;
  final LeafPath path;

  /** Whether it put a value there; otherwise it removed what was there. */
  final boolean sets;

  /** The writes its device had seen of this document. */
  final BitSet seen;

  /** What its device has been told of the document since it was made. */
  final List<Agreement> agreements = new ArrayList<>();

  /** The writes whose values it took away. */
  final Set<Integer> replaced;

  /** Whether the spec lets its client lose it. */
  final boolean fragile;

  /** What its device calls the document. */
  String document = "";

  HybridTimestamp stamp;

  /** The earliest and the latest of all clocks it was ever sent with. */
  HybridTimestamp earliest;

  HybridTimestamp latest;

  boolean arrived;

  /** How many commits there were when it had arrived. */
  int arrivedWith;

  /** Whether the server has lost it since, and devices hold it. */
  boolean onlyHeld;

  boolean acknowledged;
  boolean reported;
  boolean forgotten;

  /** Whether its client stamped every field again that the server had not told it of yet. */
  boolean stampsAll;

  /** Whether an existing client stamped it again without a new edit. */
  boolean overStamped;

  /** Whether one did that against what it had just been told by the server. */
  boolean revived;

  Write(
      int id,
      String device,
      LeafPath path,
      boolean sets,
      BitSet seen,
      Set<Integer> replaced,
      boolean fragile,
      HybridTimestamp stamp) {
    this.id = id;
    this.device = device;
    this.path = path;
    this.sets = sets;
    this.seen = (BitSet) seen.clone();
    this.replaced = replaced;
    this.fragile = fragile;
    this.stamp = stamp;
    this.earliest = stamp;
    this.latest = stamp;
  }

  boolean isDeletion() {
    return path.text().isEmpty();
  }

  /** Whether the other can have taken its value away, being at, above or below its place. */
  boolean touches(Write other) {
    return other.isDeletion()
        || isDeletion()
        || path.equals(other.path)
        || path.ancestors().contains(other.path)
        || other.path.ancestors().contains(path);
  }

  @Override
  public String toString() {
    return "w"
        + id
        + "("
        + device
        + " "
        + (isDeletion() ? "deletes" : (sets ? "sets " : "removes ") + path)
        + " @"
        + stamp
        + (arrived ? " arrived" : "")
        + (acknowledged ? " acked" : "")
        + (reported ? " reported" : "")
        + (fragile ? " fragile" : "")
        + " seen "
        + seen
        + ")";
  }
}
