package dev.landfall.webapp.signin;

import dev.landfall.webapp.session.Secret;
import java.net.URI;
import java.security.interfaces.ECPrivateKey;

/** What an identity provider has told the operator of this server. */
public sealed interface ProviderSettings {
  /** The name in our addresses and records: {@code a-z 0-9 -}, at most 32 characters. */
  String name();

  /** What the provider calls us. */
  String clientId();

  /** Google. */
  record Google(String clientId, Secret clientSecret) implements ProviderSettings {
    @Override
    public String name() {
      return "google";
    }
  }

  /** GitHub. */
  record GitHub(String clientId, Secret clientSecret) implements ProviderSettings {
    @Override
    public String name() {
      return "github";
    }
  }

  /** Microsoft, for accounts of every organisation and private ones. */
  record Microsoft(String clientId, Secret clientSecret) implements ProviderSettings {
    @Override
    public String name() {
      return "microsoft";
    }
  }

  /**
   * Apple.
   *
   * @param teamId whose key it is
   * @param keyId which of the team's keys
   * @param privateKey on the curve P-256; signs what stands for a secret
   */
  record Apple(String clientId, String teamId, String keyId, ECPrivateKey privateKey)
      implements ProviderSettings {
    @Override
    public String name() {
      return "apple";
    }

    @Override
    public String toString() {
      return "Apple[clientId=" + clientId + ", teamId=" + teamId + ", keyId=" + keyId + "]";
    }
  }

  /**
   * Any provider that speaks OpenID Connect.
   *
   * @param issuer exactly as in its tokens, {@code https}; {@code http} only on this machine
   */
  record OpenId(String name, URI issuer, String clientId, Secret clientSecret)
      implements ProviderSettings {}
}
