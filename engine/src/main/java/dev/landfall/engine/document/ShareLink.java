package dev.landfall.engine.document;

import dev.landfall.api.UserId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A link under which anybody reads a document.
 *
 * @param hash of the token, lower-case hexadecimal SHA-256; the token itself is kept nowhere
 * @param expiresAtMillis when it ends, in milliseconds since the Unix epoch; never if absent
 * @param maker who has made it; empty as long as it is asked for and not made
 * @param redeemable what whoever redeems it is granted; nobody is if absent
 * @param past those whose grant by it has ended: they do not get it again
 */
public record ShareLink(
    String hash,
    OptionalLong expiresAtMillis,
    Optional<UserId> maker,
    Optional<Redeemable> redeemable,
    Set<UserId> past) {
  public ShareLink {
    past = Set.copyOf(past);
  }

  /**
   * What a link grants.
   *
   * @param uses how often it may still be redeemed; any number of times if absent
   */
  public record Redeemable(boolean writes, OptionalInt uses) {
    boolean isUsedUp() {
      return uses.isPresent() && uses.getAsInt() == 0;
    }
  }

  /** A link that is asked for. */
  public ShareLink(String hash, OptionalLong expiresAtMillis) {
    this(hash, expiresAtMillis, Optional.empty());
  }

  /** A link that is asked for, and that may be redeemable. */
  public ShareLink(String hash, OptionalLong expiresAtMillis, Optional<Redeemable> redeemable) {
    this(hash, expiresAtMillis, Optional.empty(), redeemable, Set.of());
  }

  /** The same, made. */
  ShareLink madeBy(UserId user) {
    return maker.isPresent()
        ? this
        : new ShareLink(hash, expiresAtMillis, Optional.of(user), redeemable, past);
  }

  /** The same, redeemed once more. */
  public ShareLink used() {
    return new ShareLink(
        hash,
        expiresAtMillis,
        maker,
        redeemable.map(
            one ->
                new Redeemable(
                    one.writes(),
                    one.uses().isPresent()
                        ? OptionalInt.of(one.uses().getAsInt() - 1)
                        : OptionalInt.empty())),
        past);
  }

  /** The same, by which somebody has had a grant. */
  ShareLink pastFor(UserId user) {
    Set<UserId> next = new LinkedHashSet<>(past);
    next.add(user);
    return new ShareLink(hash, expiresAtMillis, maker, redeemable, next);
  }

  /** The same, in which somebody who is gone is not named any more. */
  ShareLink without(UserId gone) {
    Set<UserId> next = new LinkedHashSet<>(past);
    next.remove(gone);
    return new ShareLink(hash, expiresAtMillis, maker, redeemable, next);
  }

  /** Whether it still counts at {@code millis}; one that is used up opens nothing, either. */
  public boolean isValidAt(long millis) {
    return !isOverAt(millis) && redeemable.filter(Redeemable::isUsedUp).isEmpty();
  }

  /** Whether its time is over. */
  public boolean isOverAt(long millis) {
    return expiresAtMillis.isPresent() && millis >= expiresAtMillis.getAsLong();
  }
}
