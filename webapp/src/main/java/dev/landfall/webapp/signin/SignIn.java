package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.session.Arrivals;
import dev.landfall.webapp.session.Secret;
import dev.landfall.webapp.session.SessionTokens;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signs people in with identity providers. Safe for concurrent use. */
public final class SignIn {
  private final URI base;
  private final Map<String, Provider> providers = new LinkedHashMap<>();
  private final Attempts attempts;
  private final Accounts accounts;
  private final DeletedUsers deleted;
  private final Arrivals arrivals;
  private final SessionTokens tokens;
  private final ReturnTargets targets;
  private final Secrets secrets;

  /**
   * Sign-in with the configured providers.
   *
   * @param origins whose pages may call this server
   * @param secret that all nodes have, and nobody else
   * @param arrivals hear of who signs in
   */
  public SignIn(
      SignInSettings settings,
      Set<String> origins,
      Directory directory,
      SessionTokens tokens,
      Secret secret,
      InstantSource time,
      SecureRandom random,
      Arrivals arrivals) {
    this(
        settings,
        new Providers(Providers.Addresses.PUBLIC, new ProviderHttp(ProviderHttp.TIME), time),
        origins,
        directory,
        tokens,
        secret,
        random,
        arrivals);
  }

  SignIn(
      SignInSettings settings,
      Providers making,
      Set<String> origins,
      Directory directory,
      SessionTokens tokens,
      Secret secret,
      SecureRandom random,
      Arrivals arrivals) {
    this.arrivals = arrivals;
    this.base = settings.redirectBase();
    for (ProviderSettings provider : settings.providers()) {
      providers.put(provider.name(), making.provider(provider));
    }
    this.secrets = new Secrets(random);
    this.attempts = new Attempts(directory, making.time(), new Sealed(secret, random));
    this.deleted = new DeletedUsers(directory, making.time());
    this.accounts = new Accounts(directory, new AccountIds(secret), deleted, making.time());
    this.tokens = tokens;
    this.targets = new ReturnTargets(base, origins);
  }

  /**
   * How a sign-in begins.
   *
   * @param linkTo the user to whom the account is to be linked
   * @param page whether a browser asks, which wants to see a page at the end
   * @param returnTo where that page is to lead
   * @param redirect our own address, if the client thinks it knows it
   * @param browser the cookie of the browser
   */
  record Beginning(
      Optional<UserId> linkTo,
      boolean page,
      Optional<String> returnTo,
      Optional<String> redirect,
      Optional<String> browser) {}

  /**
   * A sign-in has begun.
   *
   * @param authorization where the user proves who he is
   * @param browser the cookie to set, if the browser is to be the same at the end
   */
  record Begun(URI authorization, String state, Optional<String> browser) {}

  /**
   * Somebody is signed in.
   *
   * @param token of the session
   * @param page whether the answer is a page, and not JSON
   */
  record Done(UserRecord user, String token, boolean page, Optional<URI> returnTo) {}

  /**
   * Begins.
   *
   * @throws SyncException if there is no such provider, or the browser must not be led where it
   *     wants to
   * @throws SignInException if the provider fails
   */
  Begun begin(String name, Beginning beginning) {
    Provider provider = provider(name);
    if (beginning.redirect().filter(uri -> !uri.equals(redirect(name).toString())).isPresent()) {
      throw SyncException.badRequest("redirect_uri", "is not the one of this server");
    }
    Optional<URI> returnTo = beginning.returnTo().map(targets::check);
    boolean page = beginning.page() || returnTo.isPresent();
    Optional<String> browser =
        page || beginning.linkTo().isPresent()
            ? beginning.browser().filter(Secrets::isOne).or(() -> Optional.of(secrets.next()))
            : Optional.empty();
    Attempt attempt =
        new Attempt(
            name,
            secrets.next(),
            secrets.next(),
            beginning.linkTo(),
            page,
            returnTo,
            browser.map(Secrets::hash));
    String state = attempts.state(attempt);
    URI authorization = provider.authorization(state, attempt, redirect(name));
    return new Begun(authorization, state, browser);
  }

  /**
   * Completes what was begun.
   *
   * @throws SyncException if there is no such provider
   * @throws SignInException if it was not begun, or not so, or the provider fails
   */
  Done complete(String name, Callback callback) {
    Provider provider = provider(name);
    Attempts.Taken taken =
        callback.state().flatMap(state -> attempts.take(state, name)).orElseThrow(SignIn::invalid);
    Attempt attempt = taken.attempt();
    attempt.linkTo().ifPresent(user -> deleted.check(user, taken.begunAt()));
    boolean sameBrowser =
        attempt.browser().isPresent()
            && attempt.browser().equals(callback.browser().map(Secrets::hash));
    requireWhoBegan(provider, attempt, callback, sameBrowser);
    if (callback.error().isPresent()) {
      throw new SignInException(
          callback.error().get().equals("access_denied")
              ? SignInProblem.CANCELLED
              : SignInProblem.PROVIDER_FAILED,
          name + ": it sent an error to the callback",
          attempt.returnTo());
    }
    ExternalAccount account = provider.identify(callback, attempt, redirect(name));
    UserRecord user =
        attempt.linkTo().isPresent()
            ? accounts.link(attempt.linkTo().get(), account)
            : accounts.signIn(account);
    long beginning = deleted.beginning(user.id());
    deleted.check(user.id(), beginning);
    if (!accounts.isThere(user.id())) {
      throw new SyncException(SyncProblem.UNAVAILABLE, "the account has just been deleted");
    }
    arrivals.signedIn(user.id());
    return new Done(
        user,
        tokens.issue(user.id(), user.email(), user.providers(), beginning),
        attempt.page() && sameBrowser,
        attempt.returnTo());
  }

  /**
   * Otherwise one could have somebody else finish what one has begun: he would work in one's own
   * account without noticing, or his provider would open one's account. The form that Apple sends
   * may come without cookies; then it is answered with JSON, which no page gets hold of.
   */
  private static void requireWhoBegan(
      Provider provider, Attempt attempt, Callback callback, boolean sameBrowser) {
    boolean allowed;
    if (attempt.linkTo().isPresent()) {
      allowed =
          callback.session().isPresent()
              ? callback.session().equals(attempt.linkTo())
              : sameBrowser;
    } else {
      allowed = !attempt.page() || sameBrowser || provider.postsBack();
    }
    if (!allowed) {
      throw invalid();
    }
  }

  /**
   * Takes a provider from a user.
   *
   * @return by what he can sign in now
   */
  List<String> unlink(UserId user, String provider) {
    return accounts.unlink(user, provider).providers();
  }

  /** Forgets who {@code user}, who is gone, was at the providers. */
  public void forget(UserId user) {
    accounts.forget(user);
  }

  /** Checks where a browser wants to be led. */
  URI target(String returnTo) {
    return targets.check(returnTo);
  }

  /** The providers, by name. */
  Map<String, Provider> providers() {
    return providers;
  }

  /**
   * The provider of that name.
   *
   * @throws SyncException if there is none
   */
  Provider provider(String name) {
    Provider provider = providers.get(name);
    if (provider == null) {
      throw new SyncException(SyncProblem.NOT_FOUND, "There is no such provider here");
    }
    return provider;
  }

  /** Where browsers reach this server. */
  URI base() {
    return base;
  }

  /**
   * Forgets sign-ins that nobody has finished in time.
   *
   * @return how many
   */
  public int sweep() {
    return attempts.sweep();
  }

  private URI redirect(String provider) {
    return URI.create(base + "/auth/" + provider + "/callback");
  }

  private static SignInException invalid() {
    return new SignInException(SignInProblem.INVALID_STATE, "no such sign-in");
  }
}
