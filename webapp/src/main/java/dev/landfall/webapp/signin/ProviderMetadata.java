package dev.landfall.webapp.signin;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What an OpenID Connect provider says of itself (OpenID Connect Discovery 1.0, section 3).
 *
 * @param basic whether our secret goes into a header; else it goes into the form
 * @param namesItself whether its callbacks have the parameter {@code iss} (RFC 9207)
 */
record ProviderMetadata(
    URI authorizationEndpoint, URI tokenEndpoint, URI keys, boolean basic, boolean namesItself) {

  /**
   * Reads a discovery document.
   *
   * @param at where it comes from: what it names must be as well protected
   * @param issuer what it must call itself
   * @throws IllegalArgumentException if it is not that, in our words
   */
  static ProviderMetadata of(URI at, String issuer, JsonObject document) {
    if (!issuer.equals(text(document, "issuer").orElse(""))) {
      throw new IllegalArgumentException("names another issuer than the configured one");
    }
    List<String> methods = texts(document, "token_endpoint_auth_methods_supported");
    return new ProviderMetadata(
        address(at, document, "authorization_endpoint"),
        address(at, document, "token_endpoint"),
        address(at, document, "jwks_uri"),
        methods.isEmpty()
            || methods.contains("client_secret_basic")
            || !methods.contains("client_secret_post"),
        document.get("authorization_response_iss_parameter_supported") == JsonBoolean.TRUE);
  }

  private static URI address(URI at, JsonObject document, String name) {
    try {
      URI uri = URI.create(text(document, name).orElse(""));
      boolean asSafe =
          "https".equals(uri.getScheme())
              || ("http".equals(at.getScheme())
                  && "http".equals(uri.getScheme())
                  && String.valueOf(at.getHost()).equals(uri.getHost()));
      if (asSafe && uri.getHost() != null && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new IllegalArgumentException("has no usable " + name);
  }

  private static Optional<String> text(JsonObject document, String name) {
    return document.get(name) instanceof JsonString text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  private static List<String> texts(JsonObject document, String name) {
    return document.get(name) instanceof JsonArray array
        ? array.values().stream()
            .filter(JsonString.class::isInstance)
            .map(value -> ((JsonString) value).value())
            .toList()
        : List.of();
  }
}
