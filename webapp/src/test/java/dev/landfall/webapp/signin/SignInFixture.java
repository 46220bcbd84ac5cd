package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.webapp.session.Arrivals;
import dev.landfall.webapp.session.Secret;
import dev.landfall.webapp.session.SessionTokens;
import dev.landfall.webapp.signin.SignIn.Beginning;
import dev.landfall.webapp.signin.SignIn.Begun;
import dev.landfall.webapp.signin.SignIn.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/** Sign-in over the memory store, with all providers on one server of the test. */
final class SignInFixture implements AutoCloseable {
  static final String BASE = "https://sync.example.org";
  static final long START = 1_800_000_000L;

  long now = START;

  final InstantSource time = () -> Instant.ofEpochSecond(now);
  final ProviderServer server;
  final KeyPair appleKey;
  final Directory directory;
  final SignIn signIn;

  SignInFixture() {
    try {
      server = new ProviderServer(() -> now);
      appleKey = p256();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    directory = memory();
    signIn = node(Duration.ofSeconds(30));
  }

  private static KeyPair p256() throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  static Directory memory() {
    return ServiceLoader.load(StoreProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals("memory"))
        .findFirst()
        .orElseThrow()
        .open(new StoreSettings(Map.of()))
        .directory();
  }

  /** Another server node on the same store, which waits so long for providers. */
  SignIn node(Duration limit) {
    Secret secret = new Secret(ProviderServer.SECRET.getBytes(StandardCharsets.UTF_8));
    return new SignIn(
        new SignInSettings(
            URI.create(BASE),
            List.of(
                new ProviderSettings.Google(ProviderServer.CLIENT, secret),
                new ProviderSettings.GitHub(ProviderServer.CLIENT, secret),
                new ProviderSettings.Microsoft(ProviderServer.CLIENT, secret),
                new ProviderSettings.Apple(
                    ProviderServer.CLIENT, "TEAM", "KEY", (ECPrivateKey) appleKey.getPrivate()),
                new ProviderSettings.OpenId(
                    "corp", server.uri("/corp"), ProviderServer.CLIENT, secret))),
        new Providers(
            new Providers.Addresses(
                server.uri("/google"),
                server.uri("/microsoft"),
                server.uri("/apple"),
                server.uri("/github"),
                server.uri("/api")),
            new ProviderHttp(limit),
            time),
        Set.of("https://app.example.org"),
        directory,
        new SessionTokens(new byte[32], "landfall", time),
        new Secret(new byte[32]),
        new SecureRandom(),
        Arrivals.NONE);
  }

  static Beginning json() {
    return new Beginning(
        Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty());
  }

  static Beginning inBrowser() {
    return new Beginning(
        Optional.empty(), true, Optional.empty(), Optional.empty(), Optional.empty());
  }

  static Beginning linking(UserId user) {
    return new Beginning(
        Optional.of(user), false, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The person agrees; what comes back. */
  Callback agreed(Begun begun) {
    return callback(server.consent(begun.authorization()));
  }

  static Callback callback(Map<String, String> given) {
    Map<String, String> fields = new HashMap<>(given);
    return new Callback(
        Optional.ofNullable(fields.get("state")),
        Optional.ofNullable(fields.get("code")),
        Optional.ofNullable(fields.get("error")),
        Optional.ofNullable(fields.get("iss")),
        Optional.ofNullable(fields.get("user")),
        Optional.empty(),
        Optional.empty());
  }

  static Callback from(Callback callback, Optional<UserId> session, Optional<String> browser) {
    return new Callback(
        callback.state(),
        callback.code(),
        callback.error(),
        callback.issuer(),
        callback.user(),
        session,
        browser);
  }

  /** A whole sign-in. */
  Done signIn(String provider) {
    return signIn.complete(provider, agreed(signIn.begin(provider, json())));
  }

  /** Links whoever the person is at a provider. */
  Done link(UserId user, String provider) {
    Begun begun = signIn.begin(provider, linking(user));
    return signIn.complete(provider, from(agreed(begun), Optional.of(user), Optional.empty()));
  }

  @Override
  public void close() {
    server.close();
  }
}
