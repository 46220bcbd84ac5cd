package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import java.net.URI;
import java.util.Optional;

/**
 * A sign-in that is under way.
 *
 * @param provider by its name
 * @param verifier proves to the provider that who redeems the code has begun (RFC 7636)
 * @param nonce has to come back in the ID token
 * @param linkTo the user to whom the account is to be linked; without one it is signed in
 * @param page whether the answer is a page for a browser
 * @param returnTo where that page leads
 * @param browser the hash of the cookie of the browser in which it was begun
 */
record Attempt(
    String provider,
    String verifier,
    String nonce,
    Optional<UserId> linkTo,
    boolean page,
    Optional<URI> returnTo,
    Optional<String> browser) {

  JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("provider", provider)
            .put("verifier", verifier)
            .put("nonce", nonce)
            .put("page", page);
    linkTo.ifPresent(user -> json.put("linkTo", user.value()));
    returnTo.ifPresent(uri -> json.put("returnTo", uri.toString()));
    browser.ifPresent(hash -> json.put("browser", hash));
    return json.build();
  }

  static Attempt of(JsonObject json) {
    return new Attempt(
        text(json, "provider").orElseThrow(),
        text(json, "verifier").orElseThrow(),
        text(json, "nonce").orElseThrow(),
        text(json, "linkTo").map(UserId::new),
        json.get("page") == JsonBoolean.TRUE,
        text(json, "returnTo").map(URI::create),
        text(json, "browser"));
  }

  private static Optional<String> text(JsonObject json, String name) {
    return json.get(name) instanceof JsonString text ? Optional.of(text.value()) : Optional.empty();
  }

  /** Without the verifier. */
  @Override
  public String toString() {
    return "an attempt with " + provider;
  }
}
