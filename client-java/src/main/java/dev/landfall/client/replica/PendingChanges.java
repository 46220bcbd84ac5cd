package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What was done to one document and has not been answered, in the order in which it is sent: what
 * has been sent comes first, then what was made from older versions. Each edit keeps the version it
 * was made from.
 */
public record PendingChanges(List<PendingChange> list) {
  /** Nothing. */
  public static final PendingChanges NONE = new PendingChanges(List.of());

  public PendingChanges {
    list = List.copyOf(list);
  }

  /** Whether there is nothing. */
  public boolean isEmpty() {
    return list.isEmpty();
  }

  /** How many of them have been sent. */
  int sent() {
    int sent = 0;
    while (sent < list.size() && list.get(sent).sent()) {
      sent++;
    }
    return sent;
  }

  /** The first {@code count}. */
  PendingChanges first(int count) {
    return new PendingChanges(list.subList(0, count));
  }

  /** What is left without the first {@code count}. */
  PendingChanges after(int count) {
    return new PendingChanges(list.subList(count, list.size()));
  }

  /** All of them in one. */
  public Edits joined() {
    Edits all = Edits.NONE;
    for (PendingChange change : list) {
      all = all.then(change.edits());
    }
    return all;
  }

  /** The document {@code below} with all of them; null if it is not there. */
  @Nullable JsonObject on(@Nullable JsonObject below) {
    JsonObject document = below;
    for (PendingChange change : list) {
      document = change.edits().on(document);
    }
    return document;
  }

  /** The number of the first local change in here; {@link Long#MAX_VALUE} for none. */
  long since() {
    long first = Long.MAX_VALUE;
    for (PendingChange change : list) {
      first = Math.min(first, change.edits().first());
    }
    return first;
  }

  /** The latest clock, zero for none. */
  HybridTimestamp latest() {
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (PendingChange change : list) {
      latest = HybridTimestamp.later(latest, change.edits().latest());
    }
    return latest;
  }

  /** The latest clock that is not after {@code limit}, zero for none. */
  HybridTimestamp latestUntil(HybridTimestamp limit) {
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (PendingChange change : list) {
      latest = HybridTimestamp.later(latest, change.edits().latestUntil(limit));
    }
    return latest;
  }

  /**
   * These on top of what the server has lost.
   *
   * @param kept what it had, which nothing else that is pending is about
   */
  PendingChanges above(HybridTimestamp from, Edits kept) {
    Edits pending = joined();
    Edits lost = kept.without(pending);
    if (lost.isEmpty() || pending.deletion() != null) {
      return this;
    }
    List<PendingChange> all = new ArrayList<>();
    all.add(PendingChange.of(from, lost));
    list.forEach(one -> all.add(one.sent(false)));
    return new PendingChanges(all);
  }

  /** The first {@code count} are on their way. */
  PendingChanges sending(int count) {
    List<PendingChange> all = new ArrayList<>();
    for (PendingChange change : list) {
      all.add(change.sent(change.sent() || all.size() < count));
    }
    return new PendingChanges(all);
  }

  /**
   * What was sent was not stored, but for what may have been stored before.
   *
   * @param unanswered the latest clock that may have been stored although no answer came
   */
  PendingChanges notStored(HybridTimestamp unanswered) {
    List<PendingChange> all = new ArrayList<>();
    boolean stays = true;
    for (PendingChange change : list) {
      stays = stays && !change.edits().latest().isAfter(unanswered);
      all.add(change.sent(stays && change.sent()));
    }
    return new PendingChanges(all);
  }

  /** What has not been sent, with other clocks. */
  PendingChanges stamped(UnaryOperator<HybridTimestamp> stamp) {
    List<PendingChange> all = new ArrayList<>();
    list.forEach(change -> all.add(change.sent() ? change : change.stamped(stamp)));
    return new PendingChanges(all);
  }

  /**
   * These after the deletion of the document. What was not sent is pointless then.
   *
   * @param now the version it is made in, if nothing is pending
   */
  PendingChanges deleted(Edit deletion, HybridTimestamp now) {
    HybridTimestamp from = now;
    for (PendingChange change : list) {
      from = from.isAfter(change.from()) ? change.from() : from;
    }
    int sent = sent();
    Edit deletes = deletion.since(after(sent).since());
    List<PendingChange> all = new ArrayList<>(list.subList(0, sent));
    all.add(PendingChange.of(from, new Edits(deletes, Map.of())));
    return new PendingChanges(all);
  }

  /**
   * These after edits of leaves. What is typed over a pending edit was made from what that was made
   * from. It takes its place, unless that has been sent or may be sent by a copy of this replica
   * too, being of an earlier node: then it goes into another change after it.
   *
   * @param edits by path, all of one node
   * @param base the leaves of the version that is here
   * @param revision of that version
   * @param now the same as what an edit is made from when nothing is pending
   */
  PendingChanges edited(
      Map<LeafPath, Edit> edits,
      Map<LeafPath, JsonValue> base,
      HybridTimestamp revision,
      HybridTimestamp now) {
    Placing placing = new Placing(base, version(revision, now));
    // What is above others first: they go where that goes, into one change.
    edits.entrySet().stream()
        .sorted(Comparator.comparingInt(edit -> edit.getKey().ancestors().size()))
        .forEach(edit -> placing.place(edit.getKey(), edit.getValue()));
    return placing.result();
  }

  /** The oldest clock that stands for the version that is here: one change for each version. */
  private HybridTimestamp version(HybridTimestamp revision, HybridTimestamp now) {
    HybridTimestamp version = now;
    for (PendingChange change : list) {
      boolean same = !revision.isAfter(change.from());
      version = same && version.isAfter(change.from()) ? change.from() : version;
    }
    return version;
  }

  /** The changes while edits are put into them. */
  private final class Placing {
    private static final class Place {
      final PendingChange before;
      final Map<LeafPath, Edit> leaves;
      final Set<LeafPath> branches = new HashSet<>();
      private final Set<String> nodes = new HashSet<>();

      Place(PendingChange before) {
        this.before = before;
        this.leaves = new LinkedHashMap<>(before.edits().leaves());
        leaves.forEach(
            (path, edit) -> {
              branches.addAll(path.ancestors());
              nodes.add(edit.clock().node());
            });
      }

      boolean isDeletion() {
        return before.edits().deletion() != null;
      }

      boolean isBelow(LeafPath path) {
        return branches.contains(path);
      }
    }

    private final Map<LeafPath, JsonValue> base;
    private final HybridTimestamp version;
    private final List<Place> places = new ArrayList<>();

    Placing(Map<LeafPath, JsonValue> base, HybridTimestamp version) {
      this.base = base;
      this.version = version;
      list.forEach(change -> places.add(new Place(change)));
    }

    void place(LeafPath path, Edit edit) {
      HybridTimestamp from = version;
      boolean isOver = false;
      int blocked = -1;
      JsonValue was = null;
      for (int i = 0; i < places.size(); i++) {
        Place place = places.get(i);
        if (place.before.sent() || place.isDeletion()) {
          blocked = i;
        }
        if (!overlaps(place, path)) {
          continue;
        }
        if (!place.isDeletion() && !isOfNode(place, path, edit.clock().node())) {
          blocked = i;
        }
        if (!isOver || from.isAfter(place.before.from())) {
          Edit exact = place.leaves.get(path);
          was = exact == null ? null : exact.was();
        }
        from = from.isAfter(place.before.from()) ? place.before.from() : from;
        isOver = true;
      }
      Edit placed = edit.madeFrom(isOver ? was : base.get(path));
      Place target = target(from, blocked);
      for (Place place : places.subList(blocked + 1, places.size())) {
        if (place != target) {
          placed = placed.since(take(place, path));
        }
      }
      Edits.put(target.leaves, path, placed);
      target.branches.addAll(path.ancestors());
      target.nodes.add(edit.clock().node());
    }

    private static boolean overlaps(Place place, LeafPath path) {
      return place.isDeletion()
          || place.leaves.containsKey(path)
          || place.isBelow(path)
          || path.ancestors().stream().anyMatch(place.leaves::containsKey);
    }

    /** Whether all that {@code path} is typed over there is of one node. */
    private static boolean isOfNode(Place place, LeafPath path, String node) {
      if (place.nodes.isEmpty() || place.nodes.equals(Set.of(node))) {
        return true;
      }
      List<LeafPath> above = path.ancestors();
      for (Map.Entry<LeafPath, Edit> entry : place.leaves.entrySet()) {
        LeafPath other = entry.getKey();
        boolean over =
            other.equals(path) || above.contains(other) || other.ancestors().contains(path);
        if (over && !entry.getValue().clock().node().equals(node)) {
          return false;
        }
      }
      return true;
    }

    /** Where an edit goes that was made from {@code from}, after the change {@code blocked}. */
    private Place target(HybridTimestamp from, int blocked) {
      int at = blocked + 1;
      while (at < places.size() && !places.get(at).before.from().isAfter(from)) {
        if (places.get(at).before.from().equals(from)) {
          return places.get(at);
        }
        at++;
      }
      Place place = new Place(PendingChange.of(from, Edits.NONE));
      places.add(at, place);
      return place;
    }

    /** Takes away what {@code path} covers; says which local change was the first in it. */
    private static long take(Place place, LeafPath path) {
      long since = Long.MAX_VALUE;
      Edit exact = place.leaves.remove(path);
      if (exact != null) {
        since = exact.since();
      }
      if (place.isBelow(path)) {
        for (LeafPath other : List.copyOf(place.leaves.keySet())) {
          if (other.ancestors().contains(path)) {
            Edit below = place.leaves.remove(other);
            since = Math.min(since, below == null ? since : below.since());
          }
        }
      }
      return since;
    }

    PendingChanges result() {
      List<PendingChange> all = new ArrayList<>();
      for (Place place : places) {
        PendingChange before = place.before;
        Edits edits = new Edits(before.edits().deletion(), place.leaves);
        if (!edits.isEmpty()) {
          all.add(new PendingChange(before.from(), edits, before.upon(), before.sent()));
        }
      }
      return new PendingChanges(all);
    }
  }
}
