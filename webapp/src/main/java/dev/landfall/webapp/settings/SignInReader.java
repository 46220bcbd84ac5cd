package dev.landfall.webapp.settings;

import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.session.Secret;
import dev.landfall.webapp.signin.ProviderSettings;
import dev.landfall.webapp.signin.SignInSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads with whom people can sign in. Collects all errors. For one use. */
final class SignInReader {
  /** Names that mean something else below {@code /auth}, or are taken by a provider. */
  private static final Set<String> TAKEN =
      Set.of(
          "google",
          "github",
          "microsoft",
          "apple",
          "dev",
          "login",
          "logout",
          "me",
          "link",
          "providers",
          "callback");

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern VARIABLE =
      Pattern.compile("LANDFALL_AUTH_OIDC_([A-Z0-9_]+)_(ISSUER|CLIENT_ID|CLIENT_SECRET)");
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int P_256 = 256;

  private final Function<String, Optional<String>> values;
  private final List<String> errors;

  /**
   * A reader.
   *
   * @param values the value of a key
   * @param errors gets a line for each
   */
  SignInReader(Function<String, Optional<String>> values, List<String> errors) {
    this.values = values;
    this.errors = errors;
  }

  /**
   * Reads everything.
   *
   * @param keys all keys that are set, those of others included
   */
  SignInSettings read(Iterable<String> keys) {
    List<ProviderSettings> providers = new ArrayList<>();
    withSecret(
            SettingKey.GOOGLE_CLIENT_ID,
            SettingKey.GOOGLE_CLIENT_SECRET,
            ProviderSettings.Google::new)
        .ifPresent(providers::add);
    withSecret(
            SettingKey.GITHUB_CLIENT_ID,
            SettingKey.GITHUB_CLIENT_SECRET,
            ProviderSettings.GitHub::new)
        .ifPresent(providers::add);
    withSecret(
            SettingKey.MICROSOFT_CLIENT_ID,
            SettingKey.MICROSOFT_CLIENT_SECRET,
            ProviderSettings.Microsoft::new)
        .ifPresent(providers::add);
    apple().ifPresent(providers::add);
    for (String name : names(keys)) {
      openId(name).ifPresent(providers::add);
    }
    return new SignInSettings(redirectBase(!providers.isEmpty()), providers);
  }

  private Optional<ProviderSettings> withSecret(
      SettingKey id, SettingKey secret, BiFunction<String, Secret, ProviderSettings> provider) {
    if (!isComplete(List.of(id.key(), secret.key()))) {
      return Optional.empty();
    }
    return Optional.of(provider.apply(text(id.key()), secret(secret.key())));
  }

  private Optional<ProviderSettings> apple() {
    String privateKey = SettingKey.APPLE_PRIVATE_KEY.key();
    if (!isComplete(
        List.of(
            SettingKey.APPLE_CLIENT_ID.key(),
            SettingKey.APPLE_TEAM_ID.key(),
            SettingKey.APPLE_KEY_ID.key(),
            privateKey))) {
      return Optional.empty();
    }
    Optional<ECPrivateKey> key = privateKey(text(privateKey));
    if (key.isEmpty()) {
      errors.add(
          privateKey
              + ": what was given is not shown; allowed is the text of the .p8 file from Apple, a"
              + " key on the curve P-256");
    }
    return key.map(
        read ->
            new ProviderSettings.Apple(
                text(SettingKey.APPLE_CLIENT_ID.key()),
                text(SettingKey.APPLE_TEAM_ID.key()),
                text(SettingKey.APPLE_KEY_ID.key()),
                read));
  }

  /** In an environment variable the lines may be gone, or be written {@code \n}. */
  private static Optional<ECPrivateKey> privateKey(String pem) {
    String body = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----|\\\\n|\\s", "");
    try {
      byte[] encoded = Base64.getDecoder().decode(body);
      if (KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded))
              instanceof ECPrivateKey key
          && key.getParams().getCurve().getField().getFieldSize() == P_256) {
        return Optional.of(key);
      }
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      // it is none, then
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every server Java has elliptic curves", e);
    }
    return Optional.empty();
  }

  /**
   * The names of providers in keys; also in environment variables, in which a hyphen is an
   * underscore.
   */
  private static Set<String> names(Iterable<String> keys) {
    Set<String> names = new TreeSet<>();
    for (String key : SettingKey.written(keys)) {
      Matcher variable = VARIABLE.matcher(key);
      if (variable.matches()) {
        names.add(variable.group(1).toLowerCase(Locale.ROOT).replace('_', '-'));
      }
      for (SettingKey setting :
          List.of(
              SettingKey.OIDC_ISSUER, SettingKey.OIDC_CLIENT_ID, SettingKey.OIDC_CLIENT_SECRET)) {
        setting.nameIn(key).ifPresent(names::add);
      }
    }
    return names;
  }

  private Optional<ProviderSettings> openId(String name) {
    String issuer = SettingKey.OIDC_ISSUER.key(name);
    String id = SettingKey.OIDC_CLIENT_ID.key(name);
    String secret = SettingKey.OIDC_CLIENT_SECRET.key(name);
    if (!NAME.matcher(name).matches() || TAKEN.contains(name)) {
      errors.add(
          LogText.of(issuer)
              + ": '"
              + LogText.of(name)
              + "' was given as a name; allowed is one of at most 32 characters a-z, 0-9 and -,"
              + " starting with a letter, and none of "
              + String.join(", ", new TreeSet<>(TAKEN)));
      return Optional.empty();
    }
    if (!isComplete(List.of(issuer, id, secret))) {
      return Optional.empty();
    }
    Optional<URI> address = address(text(issuer));
    if (address.isEmpty()) {
      wrongAddress(issuer);
    }
    return address.map(uri -> new ProviderSettings.OpenId(name, uri, text(id), secret(secret)));
  }

  /** Whether all keys are set; it is an error if only some are. */
  private boolean isComplete(List<String> keys) {
    List<String> missing = keys.stream().filter(key -> value(key).isEmpty()).toList();
    if (!missing.isEmpty() && missing.size() < keys.size()) {
      List<String> given = keys.stream().filter(key -> !missing.contains(key)).toList();
      for (String key : missing) {
        errors.add(key + ": nothing was given; it is needed with " + String.join(", ", given));
      }
    }
    return missing.isEmpty();
  }

  private URI redirectBase(boolean needed) {
    String key = SettingKey.REDIRECT_BASE.key();
    Optional<String> given = value(key);
    if (given.isEmpty()) {
      if (needed) {
        errors.add(
            key
                + ": nothing was given; allowed is the address at which browsers reach this server,"
                + " such as https://sync.example.org");
      }
      return SignInSettings.NOWHERE;
    }
    Optional<URI> base = address(given.get().replaceAll("/+$", ""));
    if (base.isEmpty()) {
      wrongAddress(key);
    }
    return base.orElse(SignInSettings.NOWHERE);
  }

  /** An address of somebody to be trusted: encrypted, unless it is on this machine. */
  private static Optional<URI> address(String text) {
    try {
      URI uri = URI.create(text);
      boolean trusted =
          "https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme())
                  && uri.getHost() != null
                  && THIS_MACHINE.contains(uri.getHost()));
      boolean plain =
          uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && uri.normalize().equals(uri);
      return trusted && plain ? Optional.of(uri) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void wrongAddress(String key) {
    errors.add(
        key
            + ": '"
            + LogText.of(text(key))
            + "' was given; allowed is an https address without user, query and fragment, or an"
            + " http one on localhost");
  }

  private Secret secret(String key) {
    return new Secret(text(key).getBytes(StandardCharsets.UTF_8));
  }

  private String text(String key) {
    return value(key).orElse("");
  }

  private Optional<String> value(String key) {
    return values.apply(key).map(String::strip).filter(value -> !value.isEmpty());
  }
}
