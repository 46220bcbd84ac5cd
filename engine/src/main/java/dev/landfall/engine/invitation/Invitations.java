package dev.landfall.engine.invitation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.directory.JsonDirectory;
import dev.landfall.engine.directory.JsonDirectory.Change;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.directory.LinkToken;
import dev.landfall.engine.invitation.Invitation.Taker;
import dev.landfall.engine.organisation.Administered;
import dev.landfall.engine.organisation.Member;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Page;
import dev.landfall.engine.organisation.Place;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Invitations into organisations. Safe for concurrent use by several nodes.
 *
 * <p>The directory has {@code invitation}, hash of the token: the {@link Invitation}; and {@code
 * orgInvitation}, organisation/hash, written first and removed last, by which an organisation finds
 * its own.
 *
 * <p>Accepting is two steps. First the invitation notes, by compare-and-set, who accepts it and
 * which version their place in the organisation has, and has one use less; then they are let in. If
 * it breaks off in between, the same person accepts again without another use, as long as their
 * place is as it was. Afterwards the invitation is used up for them: whoever leaves or is removed
 * does not come back by a link from before.
 */
public final class Invitations {
  /** The kind of record of an invitation. */
  static final String INVITATION = "invitation";

  /** The kind of record by which an organisation finds its invitations. */
  static final String OF_ORGANISATION = "orgInvitation";

  /** The most that may accept one invitation; each is noted in its record. */
  public static final int MAX_USES = 500;

  /** How long an invitation lasts at most. */
  public static final Duration LONGEST = Duration.ofDays(365);

  /** How long an invitation lasts that says nothing of it. */
  static final Duration USUAL = Duration.ofDays(14);

  private final JsonDirectory directory;
  private final Organisations organisations;
  private final InstantSource time;
  private final SecureRandom random;
  private final int maxOpen;

  /**
   * The invitations in {@code directory}.
   *
   * @param maxOpen how many of one organisation may be open
   */
  public Invitations(
      Directory directory,
      Organisations organisations,
      InstantSource time,
      SecureRandom random,
      int maxOpen) {
    this.directory = new JsonDirectory(directory);
    this.organisations = organisations;
    this.time = time;
    this.random = random;
    this.maxOpen = maxOpen;
  }

  /** Invites, as an administrator. */
  public Made make(UserId caller, OrganisationId organisation, InvitationRequest request) {
    organisations.requireAdmin(caller, organisation);
    long now = time.millis();
    long expiresAt = request.expiresAt().orElse(now + USUAL.toMillis());
    if (expiresAt <= now || expiresAt > now + LONGEST.toMillis()) {
      throw SyncException.badRequest(
          "expiresAt", "must be in the future, and no more than " + LONGEST.toDays() + " days");
    }
    int uses = request.uses().orElse(1);
    if (request.address().isPresent() && uses > 1) {
      throw SyncException.badRequest(
          "uses", "must be 1 for an invitation that only one may accept");
    }
    if (open(organisation) >= maxOpen) {
      throw new SyncException(
          SyncProblem.OUT_OF_ROOM,
          "The organisation has " + maxOpen + " open invitations already",
          JsonObject.builder().put("limit", "invitations").put("max", maxOpen).build());
    }
    LinkToken token = LinkToken.random(random);
    Invitation made =
        new Invitation(
            token.hash(),
            organisation,
            caller,
            request.address(),
            request.role(),
            now,
            expiresAt,
            uses,
            List.of());
    directory.write(OF_ORGANISATION, name(made), 1, JsonObject.EMPTY);
    directory.write(INVITATION, made.id(), 1, made.json());
    try {
      organisations.requireAdmin(caller, organisation);
    } catch (SyncException e) {
      remove(made); // made while the organisation was deleted, or the caller's right taken away
      throw e;
    }
    return new Made(made, token);
  }

  private int open(OrganisationId organisation) {
    int[] open = new int[1];
    directory.eachBelow(
        OF_ORGANISATION,
        organisation.value(),
        record -> open[0] += find(record.second()).filter(this::isOpen).isPresent() ? 1 : 0);
    return open[0];
  }

  private boolean isOpen(Invitation invitation) {
    return invitation.uses() > 0 && !isOver(invitation);
  }

  private boolean isOver(Invitation invitation) {
    return invitation.expiresAt() <= time.millis();
  }

  /**
   * The open invitations of an organisation, for its administrators.
   *
   * @param limit 1 to 1,000
   */
  public Page<Invitation> of(
      UserId caller, OrganisationId organisation, Optional<String> after, int limit) {
    organisations.requireAdmin(caller, organisation);
    List<Kept> page =
        directory.below(OF_ORGANISATION, organisation.value(), after.orElse(""), limit);
    return new Page<>(
        page.stream()
            .flatMap(record -> find(record.second()).stream())
            .filter(this::isOpen)
            .toList(),
        page.size() < limit ? Optional.empty() : Optional.of(page.get(limit - 1).second()));
  }

  /** Takes an invitation back, as an administrator. Whoever has accepted it stays. */
  public void revoke(UserId caller, OrganisationId organisation, String id) {
    organisations.requireAdmin(caller, organisation);
    Invitation invitation =
        find(id)
            .filter(one -> one.organisation().equals(organisation))
            .orElseThrow(Invitations::unknown);
    remove(invitation);
  }

  /** What a link says; nothing if it was never one, or counts no more. */
  public Optional<Invited> open(String token) {
    return LinkToken.of(token)
        .flatMap(one -> find(one.hash()))
        .filter(this::isOpen)
        .flatMap(this::invited);
  }

  private Optional<Invited> invited(Invitation invitation) {
    return organisations
        .administeredBy(invitation.inviter(), invitation.organisation())
        .map(Administered::name)
        .map(name -> new Invited(invitation, name));
  }

  /**
   * Accepts an invitation.
   *
   * @param addresses of the user that are verified
   * @return the membership, also if there was one already
   * @throws SyncException if the invitation counts no more, is not for this user, or the
   *     organisation has no room
   */
  public Accepted accept(UserId user, Set<EmailAddress> addresses, String token) {
    LinkToken given = LinkToken.of(token).orElseThrow(Invitations::unknown);
    Invitation taken =
        directory.change(
            INVITATION, given.hash(), stored -> take(stored.map(Invitation::of), user, addresses));
    try {
      return new Accepted(
          taken, organisations.join(taken.inviter(), taken.organisation(), user, taken.role()));
    } catch (SyncException e) {
      throw e.problem() == SyncProblem.FORBIDDEN ? unknown() : e;
    }
  }

  /** Somebody has accepted an invitation. */
  public record Accepted(Invitation invitation, Member member) {}

  private Change<Invitation> take(
      Optional<Invitation> stored, UserId user, Set<EmailAddress> addresses) {
    Invitation invitation =
        stored
            .filter(one -> !isOver(one))
            .filter(one -> invited(one).isPresent())
            .orElseThrow(Invitations::unknown);
    if (invitation.address().isPresent() && !addresses.contains(invitation.address().get())) {
      throw new SyncException(
          SyncProblem.FORBIDDEN, "The invitation is for an address that is not one of yours");
    }
    Place place = organisations.place(invitation.organisation(), user);
    Optional<Taker> before = invitation.taker(user);
    boolean goesOn = before.filter(one -> one.place() == place.version()).isPresent();
    if (place.taken() || goesOn) {
      return Change.none(invitation);
    }
    if (before.isPresent() || place.since() > invitation.createdAt()) {
      throw new SyncException(
          SyncProblem.FORBIDDEN, "You have left the organisation since: ask to be invited again");
    }
    if (invitation.uses() == 0) {
      throw unknown();
    }
    Invitation next = invitation.takenBy(new Taker(user, place.version()));
    return Change.to(next.json(), next);
  }

  /**
   * Declines an invitation. One that only this user could accept, or one alone, is over.
   *
   * @param addresses of the user that are verified
   * @return what was declined
   */
  public Invitation decline(Set<EmailAddress> addresses, String token) {
    Invitation invitation = open(token).map(Invited::invitation).orElseThrow(Invitations::unknown);
    if (invitation.address().isPresent() && !addresses.contains(invitation.address().get())) {
      throw new SyncException(
          SyncProblem.FORBIDDEN, "The invitation is for an address that is not one of yours");
    }
    if (invitation.uses() == 1) {
      remove(invitation);
    }
    return invitation;
  }

  /**
   * Forgets what is over.
   *
   * @return how many
   */
  public int sweep() {
    int[] swept = new int[1];
    directory.each(
        INVITATION,
        record -> {
          Invitation invitation = Invitation.of(record);
          if (isOver(invitation)) {
            remove(invitation);
            swept[0]++;
          }
        });
    return swept[0];
  }

  /**
   * Forgets an organisation that is gone, or a user: what they have made, what was for an address
   * of theirs, and that they have accepted others.
   *
   * @param addresses of the user that are verified
   */
  public void forget(Owner gone, Set<EmailAddress> addresses) {
    if (gone instanceof OrganisationId organisation) {
      directory.eachBelow(
          OF_ORGANISATION,
          organisation.value(),
          record -> {
            directory.remove(INVITATION, record.second());
            directory.remove(record);
          });
    } else if (gone instanceof UserId user) {
      directory.each(INVITATION, record -> forget(Invitation.of(record), user, addresses));
    }
  }

  private void forget(Invitation invitation, UserId user, Set<EmailAddress> addresses) {
    if (invitation.inviter().equals(user)
        || invitation.address().filter(addresses::contains).isPresent()) {
      remove(invitation);
    } else if (invitation.taker(user).isPresent()) {
      directory.change(
          INVITATION,
          invitation.id(),
          stored ->
              stored
                  .map(Invitation::of)
                  .filter(one -> one.taker(user).isPresent())
                  .map(one -> Change.to(one.without(user).json(), true))
                  .orElse(Change.none(false)));
    }
  }

  private Optional<Invitation> find(String id) {
    return id.length() == 64
        ? directory.find(INVITATION, id).map(Invitation::of)
        : Optional.empty();
  }

  private void remove(Invitation invitation) {
    directory.remove(INVITATION, invitation.id());
    directory.remove(OF_ORGANISATION, name(invitation));
  }

  private static String name(Invitation invitation) {
    return invitation.organisation().value() + "/" + invitation.id();
  }

  private static SyncException unknown() {
    return new SyncException(SyncProblem.NOT_FOUND, "There is no such invitation");
  }
}
