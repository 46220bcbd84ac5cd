package dev.landfall.client;

import dev.landfall.client.replica.ResolvedConflict;
import dev.landfall.client.replica.Warning;
import java.util.Set;

/** Something that an application may want to know of a replica; each has its collection. */
public sealed interface ReplicaEvent {
  /** The collection it is about. */
  String collection();

  /** Two edits have met. */
  record Conflicted(String collection, ResolvedConflict conflict) implements ReplicaEvent {}

  /** The server has not taken a change; it is in the inbox. */
  record Refused(String collection, RefusedChange change) implements ReplicaEvent {}

  /** Somebody else has taken documents away. */
  record Revoked(String collection, Set<String> names) implements ReplicaEvent {
    public Revoked {
      names = Set.copyOf(names);
    }
  }

  /** The server says something besides. */
  record Warned(String collection, Warning warning) implements ReplicaEvent {}

  /**
   * The server has lost something.
   *
   * @param waits whether nothing happens before {@link Connection#bringBack()}
   */
  record ServerRestored(String collection, boolean waits) implements ReplicaEvent {}
}
