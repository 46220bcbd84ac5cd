package dev.landfall.client.store;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Whose copy a store holds: of which user's documents, or organisation's, in which application of
 * which server. A server is known by its own name for itself, its instance; where it has none (an
 * earlier version), or has not been asked yet, by its address.
 *
 * @param address of the server, in one spelling
 * @param account what the application calls the user; empty if it does not say
 * @param user empty until a server has said who it is
 * @param instance empty until a server has said so
 * @param lost whether the server came back at its address as another instance, and nothing has been
 *     answered by it yet
 * @param epoch of the server when it answered last, which is another one after it was emptied or
 *     set back; empty if it does not say
 */
public record Binding(
    String address,
    ApplicationName application,
    Optional<OrganisationId> organisation,
    String account,
    Optional<UserId> user,
    Optional<String> instance,
    boolean lost,
    Optional<String> epoch) {

  /** Of a store that nobody has signed in to yet. */
  public static Binding to(
      URI server,
      ApplicationName application,
      Optional<OrganisationId> organisation,
      String account) {
    return new Binding(
        spelled(server),
        application,
        organisation,
        account,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  private static String spelled(URI server) {
    String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(server.getHost()).toLowerCase(Locale.ROOT);
    boolean usual = server.getPort() == (scheme.equals("https") ? 443 : 80);
    String port = server.getPort() < 0 || usual ? "" : ":" + server.getPort();
    String path = server.getRawPath() == null ? "" : server.getRawPath().replaceAll("/+$", "");
    return scheme + "://" + host + port + path;
  }

  /** Why this cannot be the copy that {@code other} wants to be; empty if it can. */
  public Optional<String> differenceFrom(Binding other) {
    if (!application.equals(other.application)) {
      return Optional.of("it holds the copy of the application '" + application.value() + "'");
    }
    if (!organisation.equals(other.organisation)) {
      return Optional.of(
          organisation
              .map(id -> "it holds the copy of the organisation '" + id.value() + "'")
              .orElse("it holds the copy of a user and not of an organisation"));
    }
    if (!account.equals(other.account)) {
      return Optional.of("it holds the copy of the account '" + account + "'");
    }
    return Optional.empty();
  }

  /**
   * What becomes of this when a server says who it is, and who is asking.
   *
   * @param asked the address at which it was asked
   */
  public Meeting meet(URI asked, UserId who, Optional<String> named) {
    if (user.isPresent() && !user.get().equals(who)) {
      return new Meeting.Stranger("this replica belongs to another user");
    }
    String there = spelled(asked);
    boolean sameAddress = there.equals(address);
    boolean known = instance.isPresent() && instance.equals(named);
    if (!known && !sameAddress) {
      return new Meeting.Stranger("this replica belongs to the server at " + address);
    }
    boolean another = instance.isPresent() && named.isPresent() && !known;
    return new Meeting.Acquaintance(
        new Binding(
            there,
            application,
            organisation,
            account,
            Optional.of(who),
            named.isPresent() ? named : instance,
            lost || another,
            epoch));
  }

  /** The server has answered in an epoch for what this is the copy of. */
  public Binding found(Optional<String> in) {
    return new Binding(address, application, organisation, account, user, instance, false, in);
  }

  /**
   * Whether a server that is in the epoch {@code now} may have forgotten what it knew when it
   * answered last, memberships for instance.
   */
  public boolean mayBeForgotten(Optional<String> now) {
    return lost || (epoch.isPresent() && now.isPresent() && !epoch.equals(now));
  }

  /** Whose documents are one's own, as changes name it. */
  public String self() {
    return organisation
        .map(OrganisationId::value)
        .or(() -> user.map(UserId::value))
        .orElseThrow(() -> new IllegalStateException("nobody has signed in yet"));
  }

  /** What comes of asking a server who it is. */
  public sealed interface Meeting {
    /** The replica is not to be shown or sent. */
    record Stranger(String why) implements Meeting {}

    /** The replica is the right one, and is bound so from now on. */
    record Acquaintance(Binding binding) implements Meeting {}
  }
}
