package dev.landfall.webapp.signin;

import java.net.URI;
import java.util.Optional;

/** An identity provider with which people can sign in. Safe for concurrent use. */
sealed interface Provider permits OpenIdProvider, GitHubProvider {
  /** The name in our addresses and records. */
  String name();

  /** The name for people. */
  String label();

  /** Whether its callback is a POST with a form, and not a GET. */
  boolean postsBack();

  /**
   * Where the user proves who he is.
   *
   * @throws SignInException if the provider has to be asked for that, and fails
   */
  URI authorization(String state, Attempt attempt, URI redirect);

  /**
   * Who has come back.
   *
   * @throws SignInException if the provider fails, or does not prove it
   */
  ExternalAccount identify(Callback callback, Attempt attempt, URI redirect);

  /** An address with more parameters. */
  static URI with(URI address, java.util.Map<String, String> parameters) {
    String separator = address.getRawQuery() == null ? "?" : "&";
    return URI.create(address + separator + ProviderHttp.encode(parameters));
  }

  /** The code of a callback. */
  static String code(Optional<String> code) {
    return code.filter(text -> !text.isEmpty())
        .orElseThrow(() -> new SignInException(SignInProblem.UNPROVEN, "there is no code"));
  }
}
