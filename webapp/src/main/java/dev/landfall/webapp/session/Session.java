package dev.landfall.webapp.session;

import dev.landfall.api.UserId;
import java.util.List;
import java.util.Optional;

/**
 * Who is calling, as a verified token says. Times are in seconds since the Unix epoch.
 *
 * @param addressVerified whether another issuer says that it has verified {@code email}; of ours
 *     the record of the user knows
 * @param providers by which the user signs in
 * @param groups in which another issuer's token says that the user is; of ours none
 * @param issuedAt when the token was made
 * @param signedInAt when the user signed in
 * @param expiresAt when the token ends
 * @param issuedHere whether it is one of our own, which we refresh; others come from other issuers
 */
public record Session(
    UserId user,
    Optional<String> email,
    boolean addressVerified,
    List<String> providers,
    List<String> groups,
    long issuedAt,
    long signedInAt,
    long expiresAt,
    boolean issuedHere) {
  public Session {
    providers = List.copyOf(providers);
    groups = List.copyOf(groups);
  }
}
