package dev.landfall.engine.document;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.Register;
import dev.landfall.api.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Who may read and write a document besides its owner. What is here counts from the commit that
 * stores it.
 *
 * @param visibility under {@link Visibility#PRIVATE} the grants are kept and grant nothing
 * @param grants at most one for a user and an application; those by a link end with the link, and
 *     count as long as it is there, also under {@link Visibility#PRIVATE}, which says nothing of
 *     links
 * @param pending at most one for an address and an application
 * @param organisation whose members read it under {@link Visibility#ORG}
 * @param shownSince the clock of the commit from which on an organisation or everybody reads it
 */
public record Sharing(
    Visibility visibility,
    List<Grant> grants,
    List<PendingGrant> pending,
    Optional<OrganisationId> organisation,
    Optional<ShareLink> link,
    HybridTimestamp shownSince) {
  /** What a new document has. */
  public static final Sharing NONE =
      new Sharing(Visibility.PRIVATE, List.of(), Optional.empty(), Optional.empty());

  public Sharing {
    grants = List.copyOf(grants);
    pending = List.copyOf(pending);
  }

  /** A sharing that is asked for. */
  public Sharing(
      Visibility visibility,
      List<Grant> grants,
      Optional<OrganisationId> organisation,
      Optional<ShareLink> link) {
    this(visibility, grants, List.of(), organisation, link, HybridTimestamp.ZERO);
  }

  /** Everybody who reads a document of {@code owner} in {@code application}, the owner first. */
  public Set<Principal> readers(Owner owner, ApplicationName application) {
    Set<Principal> readers = new LinkedHashSet<>();
    readers.add(owner);
    for (Grant grant : grants) {
      if (counts(grant, application)) {
        readers.add(grant.user());
      }
    }
    if (visibility == Visibility.ORG) {
      organisation.ifPresent(readers::add);
    }
    if (visibility == Visibility.PUBLIC) {
      readers.add(Everybody.EVERYBODY);
    }
    return readers;
  }

  private boolean counts(Grant grant, ApplicationName application) {
    return (visibility != Visibility.PRIVATE || grant.isByLink())
        && !grant.muted()
        && grant.application().equals(application);
  }

  /** Whether {@code user}, who is not the owner, may change the document. */
  public boolean lets(UserId user, ApplicationName application) {
    return grants.stream()
        .anyMatch(
            grant -> grant.writes() && grant.user().equals(user) && counts(grant, application));
  }

  /**
   * Since when a document has been there for somebody who may only read it: what was in it before
   * is none of their business. Never, if they do not read it.
   *
   * @param readers as whom they read
   */
  public Optional<HybridTimestamp> since(Set<Principal> readers, ApplicationName application) {
    Optional<HybridTimestamp> granted =
        grants.stream()
            .filter(grant -> readers.contains(grant.user()) && counts(grant, application))
            .map(Grant::since)
            .min(Comparator.naturalOrder());
    boolean shown =
        (visibility == Visibility.PUBLIC && readers.contains(Everybody.EVERYBODY))
            || (visibility == Visibility.ORG && organisation.filter(readers::contains).isPresent());
    return Stream.concat(granted.stream(), shown ? Stream.of(shownSince) : Stream.empty())
        .min(Comparator.naturalOrder());
  }

  /** The registers under which the server finds a document of {@code owner} that has this. */
  public Set<Register> registers(Owner owner, ApplicationName application) {
    Set<Register> registers = new LinkedHashSet<>();
    if (visibility == Visibility.PUBLIC) {
      registers.add(Registers.published(owner));
    }
    for (Grant grant : grants) {
      if (counts(grant, application)) {
        grant.giver().ifPresent(giver -> registers.add(Registers.given(giver, grant.user())));
      }
    }
    boolean outside =
        link.isPresent()
            || visibility == Visibility.PUBLIC
            || (visibility != Visibility.PRIVATE && !grants.isEmpty());
    if (owner instanceof OrganisationId members && outside) {
      registers.add(Registers.shared(members));
    }
    return registers;
  }

  /**
   * This, which somebody has asked for, as it comes to count.
   *
   * @param before what there was until now
   * @param by who has asked for it
   * @param clock of the commit
   * @param blockers who take nothing from {@code by}
   */
  public Sharing settled(
      Sharing before, UserId by, HybridTimestamp clock, Predicate<UserId> blockers) {
    boolean wasShown = before.visibility != Visibility.PRIVATE;
    List<Grant> settled = new ArrayList<>(grants.size());
    for (Grant grant : grants) {
      Optional<Grant> until =
          before.grants.stream()
              .filter(one -> one.sameAs(grant.user(), grant.application()))
              .findFirst();
      Optional<Grant> known = until.filter(one -> !one.muted());
      if (grant.giver().isPresent()) {
        settled.add(wasShown || grant.isByLink() ? grant : grant.from(clock));
      } else if (known.isPresent()) {
        HybridTimestamp since = wasShown ? known.get().since() : clock;
        settled.add(grant.given(known.get().giver().orElse(by), since, false));
      } else {
        settled.add(grant.given(by, clock, blockers.test(grant.user())));
      }
    }
    boolean same = visibility == before.visibility && organisation.equals(before.organisation);
    boolean shows = visibility == Visibility.ORG || visibility == Visibility.PUBLIC;
    HybridTimestamp from = !shows ? HybridTimestamp.ZERO : same ? before.shownSince : clock;
    Sharing result =
        new Sharing(
            visibility,
            settled,
            pending.stream().map(one -> one.given(by)).toList(),
            organisation,
            link.map(one -> one.madeBy(by)),
            from);
    return result.isSameAs(before) ? before : result;
  }

  /** Whether nothing is different but since when grants count that do not count now. */
  private boolean isSameAs(Sharing before) {
    return visibility == Visibility.PRIVATE
        && before.visibility == Visibility.PRIVATE
        && organisation.equals(before.organisation)
        && link.equals(before.link)
        && pending.equals(before.pending)
        && timeless(grants).equals(timeless(before.grants));
  }

  private static List<Grant> timeless(List<Grant> grants) {
    return grants.stream()
        .map(
            one ->
                new Grant(
                    one.user(),
                    one.application(),
                    one.writes(),
                    one.giver(),
                    HybridTimestamp.ZERO,
                    one.muted(),
                    one.origin()))
        .toList();
  }

  /** With another visibility. */
  public Sharing withVisibility(Visibility next, Optional<OrganisationId> members) {
    return new Sharing(next, grants, pending, members, link, shownSince);
  }

  /** With {@code grant} in place of one for the same user and application. */
  public Sharing with(Grant grant) {
    List<Grant> next = new ArrayList<>(others(grant.user(), grant.application()));
    next.add(grant);
    return withGrants(next);
  }

  /**
   * Without the grant for {@code user} in {@code application}. Who had it by a link does not get it
   * by that link again.
   */
  public Sharing without(UserId user, ApplicationName application) {
    boolean byLink =
        grants.stream().anyMatch(one -> one.sameAs(user, application) && one.isByLink());
    Sharing rest = withGrants(others(user, application));
    return byLink ? rest.replacing(link.map(one -> one.pastFor(user))) : rest;
  }

  private List<Grant> others(UserId user, ApplicationName application) {
    return grants.stream().filter(grant -> !grant.sameAs(user, application)).toList();
  }

  /** With {@code grant} in place of one for the same address and application. */
  public Sharing with(PendingGrant grant) {
    List<PendingGrant> next =
        new ArrayList<>(without(grant.address(), grant.application()).pending);
    next.add(grant);
    return withPending(next);
  }

  /** Without what is granted to an address, whether somebody has come for it or not. */
  public Sharing without(String address, ApplicationName application) {
    return withPending(pending.stream().filter(one -> !one.sameAs(address, application)).toList())
        .withGrants(
            grants.stream()
                .filter(
                    one ->
                        !one.application().equals(application)
                            || !one.origin().equals(new Origin.ByAddress(address)))
                .toList());
  }

  /** With other grants that are pending. */
  public Sharing withPending(List<PendingGrant> next) {
    return new Sharing(visibility, grants, next, organisation, link, shownSince);
  }

  /** Without what {@code giver} has granted to addresses and nobody has come for. */
  public Sharing withoutPendingOf(UserId giver) {
    return withPending(
        pending.stream().filter(one -> !one.giver().equals(Optional.of(giver))).toList());
  }

  /** Without a trace of {@code gone} in the link. */
  public Sharing withoutPast(UserId gone) {
    return replacing(link.map(one -> one.without(gone)));
  }

  /** With a link that has been redeemed, or has another past, in place of the same as it was. */
  public Sharing replacing(Optional<ShareLink> same) {
    return new Sharing(visibility, grants, pending, organisation, same, shownSince);
  }

  /** Without what is granted to {@code user} in any application. */
  public Sharing withoutGrantsTo(UserId user) {
    return withGrants(grants.stream().filter(grant -> !grant.user().equals(user)).toList());
  }

  /** Without the link, if {@code user} has made it. */
  public Sharing withoutLinkOf(UserId user) {
    return withLink(link.filter(one -> !one.maker().equals(Optional.of(user))));
  }

  /** With other grants. */
  public Sharing withGrants(List<Grant> next) {
    return new Sharing(visibility, next, pending, organisation, link, shownSince);
  }

  /** Without an organisation whose members were to read it. */
  public Sharing without(OrganisationId members) {
    if (!organisation.equals(Optional.of(members))) {
      return this;
    }
    return withVisibility(
        visibility == Visibility.ORG ? withoutShowing() : visibility, Optional.empty());
  }

  /** As it is for those it is shared with one by one. */
  public Sharing unpublished() {
    return visibility == Visibility.PUBLIC
        ? withVisibility(withoutShowing(), Optional.empty())
        : this;
  }

  private Visibility withoutShowing() {
    return grants.isEmpty() ? Visibility.PRIVATE : Visibility.SHARED;
  }

  /** With another link, or none. What was granted by the one before ends. */
  public Sharing withLink(Optional<ShareLink> next) {
    Optional<String> hash = next.map(ShareLink::hash);
    List<Grant> rest =
        grants.stream()
            .filter(grant -> !grant.isByLink() || hash.filter(grant::isByLink).isPresent())
            .toList();
    return new Sharing(visibility, rest, pending, organisation, next, shownSince);
  }
}
