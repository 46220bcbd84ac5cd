package dev.landfall.webapp.signin;

import dev.landfall.webapp.session.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Makes providers of what is configured.
 *
 * @param addresses where the well-known ones are
 */
record Providers(Addresses addresses, ProviderHttp http, InstantSource time) {

  /** Where the well-known providers are; elsewhere in tests. */
  record Addresses(URI google, URI microsoft, URI apple, URI gitHub, URI gitHubApi) {
    /** In the world. */
    static final Addresses PUBLIC =
        new Addresses(
            URI.create("https://accounts.google.com"),
            URI.create("https://login.microsoftonline.com"),
            URI.create("https://appleid.apple.com"),
            URI.create("https://github.com"),
            URI.create("https://api.github.com"));
  }

  /** A provider. */
  Provider provider(ProviderSettings settings) {
    if (settings instanceof ProviderSettings.Google google) {
      return openId(
          google,
          "Google",
          Dialect.STANDARD,
          addresses.google(),
          addresses.google().toString(),
          secret(google.clientSecret()));
    }
    if (settings instanceof ProviderSettings.Microsoft microsoft) {
      return openId(
          microsoft,
          "Microsoft",
          Dialect.MICROSOFT,
          URI.create(addresses.microsoft() + "/common/v2.0"),
          addresses.microsoft() + "/{tenantid}/v2.0",
          secret(microsoft.clientSecret()));
    }
    if (settings instanceof ProviderSettings.Apple apple) {
      String issuer = addresses.apple().toString();
      return openId(
          apple,
          "Apple",
          Dialect.APPLE,
          addresses.apple(),
          issuer,
          new AppleSecret(apple, issuer, time));
    }
    if (settings instanceof ProviderSettings.GitHub gitHub) {
      return new GitHubProvider(
          addresses.gitHub(),
          addresses.gitHubApi(),
          gitHub.clientId(),
          secret(gitHub.clientSecret()),
          http);
    }
    if (settings instanceof ProviderSettings.OpenId other) {
      return openId(
          other,
          other.name(),
          Dialect.STANDARD,
          other.issuer(),
          other.issuer().toString(),
          secret(other.clientSecret()));
    }
    throw new IllegalStateException("a kind of provider that nobody makes");
  }

  private OpenIdProvider openId(
      ProviderSettings settings,
      String label,
      Dialect dialect,
      URI base,
      String issuer,
      ClientSecret secret) {
    return new OpenIdProvider(
        settings.name(), label, dialect, base, issuer, settings.clientId(), secret, http, time);
  }

  private static ClientSecret secret(Secret secret) {
    return () -> new String(secret.bytes(), StandardCharsets.UTF_8);
  }
}
