package dev.landfall.engine.simulation;

import dev.landfall.api.DocumentId;
import dev.landfall.api.Everybody;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who could read and write which document when, as the commits say: the oracles of I13 (nobody is
 * told what they may not read) and of I14 (everybody is told what they may).
 */
final class Readers {
  /** From a moment on, until the next. */
  private record Stretch(long from, boolean there, Sharing sharing) {}

  private final Map<DocumentId, List<Stretch>> stretches = new HashMap<>();
  private long moment;

  /** Now, to be asked about later. */
  long moment() {
    return moment;
  }

  /** Only these commits have been. */
  void restart(List<Commit> commits) {
    stretches.clear();
    commits.forEach(this::appended);
  }

  void appended(Commit commit) {
    moment++;
    for (StoredDocument document : commit.documents()) {
      boolean there = !document.deleted();
      Sharing sharing = document.isErased() ? Sharing.NONE : StoredForm.sharing(document);
      stretches
          .computeIfAbsent(document.id(), unused -> new ArrayList<>())
          .add(new Stretch(moment, there, sharing));
    }
  }

  private static boolean reads(Owner context, DocumentId id, Sharing sharing) {
    Set<Principal> readers = sharing.readers(id.owner(), Servers.APPLICATION);
    return readers.contains(context) || readers.contains(Everybody.EVERYBODY);
  }

  /** Whether a document was there for somebody at any time from {@code since} until now. */
  boolean couldRead(Owner context, DocumentId id, long since) {
    List<Stretch> all = stretches.getOrDefault(id, List.of());
    for (int i = 0; i < all.size(); i++) {
      boolean over = i + 1 < all.size() && all.get(i + 1).from() <= since;
      Stretch stretch = all.get(i);
      if (!over && stretch.there() && reads(context, id, stretch.sharing())) {
        return true;
      }
    }
    return false;
  }

  /** Whether somebody may change a document now. */
  boolean writes(UserId user, Owner context, DocumentId id) {
    return id.owner().equals(context)
        || last(id).filter(one -> one.sharing().lets(user, Servers.APPLICATION)).isPresent();
  }

  private Optional<Stretch> last(DocumentId id) {
    List<Stretch> all = stretches.getOrDefault(id, List.of());
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Everything there is for somebody in a collection now, by address. */
  Set<DocumentId> readable(Owner context, Seat seat) {
    Set<DocumentId> readable = new java.util.LinkedHashSet<>();
    for (DocumentId id : stretches.keySet()) {
      boolean there =
          last(id).filter(one -> one.there() && reads(context, id, one.sharing())).isPresent();
      if (there && id.collection().equals(seat.collection)) {
        readable.add(id);
      }
    }
    return readable;
  }

  /** Nothing in an answer may be of what its reader could not read at any time since. */
  void told(Seat seat, Response response, long since) {
    for (JsonObject wire : response.documents()) {
      boolean marker = Client.isDeleted(wire) || wire.get("_revoked") != null;
      DocumentId id = seat.id(Client.address(wire));
      if (!marker && !couldRead(seat.owner, id, since)) {
        throw Oracles.broken("I13: " + seat + " is told what it may not read: " + id);
      }
    }
  }
}
