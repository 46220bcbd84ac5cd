package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import java.util.Optional;

/**
 * What somebody has brought back from a provider, and who he is here.
 *
 * @param error what the provider says went wrong
 * @param issuer the parameter {@code iss} (RFC 9207)
 * @param user the form field in which Apple tells a name, once
 * @param session whose session the request has
 * @param browser the cookie of the browser
 */
record Callback(
    Optional<String> state,
    Optional<String> code,
    Optional<String> error,
    Optional<String> issuer,
    Optional<String> user,
    Optional<UserId> session,
    Optional<String> browser) {

  /** Without the secrets in it. */
  @Override
  public String toString() {
    return "a callback";
  }
}
