package dev.landfall.engine.audit;

import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Something that somebody has done.
 *
 * @param at to the millisecond
 * @param who nobody where nobody had signed in, or who it was is gone
 * @param what 1 to 64 characters of {@code a-z _}
 * @param on what it was done to, by the kind of thing: {@code organisation}, {@code user}, {@code
 *     application}, {@code collection}, {@code key}, {@code provider}
 * @param from the address it came from
 * @param concerns who may read this
 */
public record AuditEntry(
    Instant at,
    Optional<UserId> who,
    String what,
    Map<String, String> on,
    Optional<String> from,
    Set<Owner> concerns) {
  /** What stands in the place of somebody who is gone. */
  public static final String GONE = "deleted";

  public AuditEntry {
    if (!what.matches("[a-z_]{1,64}")) {
      throw new IllegalArgumentException("what is done has a name of 1 to 64 of a-z and _");
    }
    at = Instant.ofEpochMilli(at.toEpochMilli());
    on = Collections.unmodifiableMap(new TreeMap<>(on));
    TreeSet<Owner> sorted = new TreeSet<>(Comparator.comparing(Owner::text));
    sorted.addAll(concerns);
    concerns = Collections.unmodifiableSet(sorted);
  }

  /** The same without a trace of {@code gone}. */
  AuditEntry without(Owner gone) {
    boolean did = who.filter(gone::equals).isPresent();
    Map<String, String> rest = new TreeMap<>(on);
    String kind = gone instanceof UserId ? "user" : "organisation";
    rest.computeIfPresent(kind, (same, id) -> id.equals(gone.value()) ? GONE : id);
    TreeSet<Owner> others = new TreeSet<>(Comparator.comparing(Owner::text));
    others.addAll(concerns);
    others.remove(gone);
    return new AuditEntry(
        at, did ? Optional.empty() : who, what, rest, did ? Optional.empty() : from, others);
  }
}
