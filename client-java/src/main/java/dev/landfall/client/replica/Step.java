package dev.landfall.client.replica;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one transition of a replica changes, and therefore what is to be saved, all of it or
 * nothing. Nothing has happened until it is saved and {@linkplain Replica#install installed}.
 *
 * @param copies those that differ; empty for one that is forgotten
 * @param refusals new ones, and those that are decided (empty)
 * @param revoked the documents that were taken away by somebody else
 * @param saves whether there is anything that must not be lost
 */
public record Step(
    ReplicaState state,
    Map<DocumentAddress, Optional<Copy>> copies,
    Map<Long, Optional<Refusal>> refusals,
    Set<DocumentAddress> revoked,
    boolean saves) {
  public Step {
    copies = Collections.unmodifiableMap(new LinkedHashMap<>(copies));
    revoked = Set.copyOf(revoked);
    refusals = Collections.unmodifiableMap(new LinkedHashMap<>(refusals));
  }
}
