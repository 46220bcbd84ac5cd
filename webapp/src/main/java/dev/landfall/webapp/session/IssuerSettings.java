package dev.landfall.webapp.session;

import java.util.Optional;
import java.util.Set;

/**
 * Another issuer whose tokens are accepted, by the keys of MicroProfile JWT.
 *
 * @param issuer exactly as in the claim {@code iss}
 * @param audiences one of which a token must name; any or none if empty
 * @param algorithms of {@code RS256} and {@code ES256}
 * @param inlineKey a public key as PEM, JWK or JWK set
 * @param keyLocation where to get one instead
 */
public record IssuerSettings(
    String issuer,
    Set<String> audiences,
    Set<String> algorithms,
    Optional<String> inlineKey,
    Optional<String> keyLocation) {
  public IssuerSettings {
    audiences = Set.copyOf(audiences);
    algorithms = Set.copyOf(algorithms);
  }
}
