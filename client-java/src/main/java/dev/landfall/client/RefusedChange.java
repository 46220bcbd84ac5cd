package dev.landfall.client;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Refusal;
import java.util.Optional;

/**
 * A change that the server did not take, waiting in an atom's inbox, also over restarts, until one
 * of the three is done with it. Each of them throws an {@link IllegalStateException} if one has
 * been done already.
 */
public final class RefusedChange {
  private final SyncedAtom<?> atom;
  private final Refusal refusal;

  RefusedChange(SyncedAtom<?> atom, Refusal refusal) {
    this.atom = atom;
    this.refusal = refusal;
  }

  /** The name of the document in the atom's value. */
  public String name() {
    return refusal.address().name();
  }

  /**
   * Why: {@code bad_request} (a schema, a limit), {@code too_large}, {@code read_only} or {@code
   * revoked}.
   */
  public String code() {
    return refusal.code();
  }

  /** What the server said to it; for a schema {@code [{key, field, message}]}. */
  public JsonValue details() {
    return refusal.details();
  }

  /** The document as it was on this device; empty if it had been deleted here. */
  public Optional<JsonObject> document() {
    return refusal.document();
  }

  /** Makes the change again, to the document as it is now. */
  public Receipt retry() {
    return atom.retry(refusal);
  }

  /**
   * Keeps the document as a new one of one's own.
   *
   * @return its name
   */
  public String copyToOwn() {
    return atom.copyToOwn(refusal);
  }

  /** Forgets the change. */
  public void drop() {
    atom.drop(refusal);
  }

  @Override
  public String toString() {
    return name() + " " + code();
  }
}
