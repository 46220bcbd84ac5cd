package dev.landfall.engine.simulation;

import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.OrganisationName;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Seat.Parcel;
import dev.landfall.engine.simulation.Servers.Node;
import dev.landfall.engine.simulation.SimulatedStore.Crash;
import dev.landfall.engine.sync.SyncRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** What people have to do with each other: who shares what, who is where a member, who goes. */
final class Community {
  /** What the server may answer somebody who has no right to what they ask for. */
  private static final Set<SyncProblem> REFUSALS =
      EnumSet.of(
          SyncProblem.UNAUTHORIZED,
          SyncProblem.FORBIDDEN,
          SyncProblem.NOT_A_MEMBER,
          SyncProblem.NOT_FOUND,
          SyncProblem.CONFLICT,
          SyncProblem.LAST_ADMIN,
          SyncProblem.TOO_MANY_ADMINS,
          SyncProblem.UNAVAILABLE);

  private static final long SINCE = World.START / 1_000;
  private static final long TOKENS_END = SINCE + 1_000_000;

  /** How things were before a request. */
  record Look(long moment, boolean admitted, long joins) {}

  private final World world;
  private final SplittableRandom random;
  private final Readers readers = new Readers();
  private final Sessions sessions = new Sessions();
  private final Leftovers leftovers;
  private final Reading reading;
  private final List<OrganisationId> organisations = new ArrayList<>();

  /** Who has been told that somebody is out of an organisation, and has not been let in since. */
  private final Set<List<Owner>> out = new HashSet<>();

  private final ThreadLocal<Optional<Seat>> asking = ThreadLocal.withInitial(Optional::empty);

  /** How often somebody may have been let in somewhere, by place. */
  private final Map<List<Owner>, Integer> letIn = new HashMap<>();

  private long joins;
  private int erasedAccounts;

  Community(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
    this.leftovers = new Leftovers(world);
    this.reading = new Reading(world, readers, sessions);
    if (world.options.people().organisations()) {
      Organisations founding = organisations(world.servers.nodes.get(0));
      for (String name : List.of("acme", "zeta")) {
        UserId founder = new UserId(World.PEOPLE.get(organisations.size()));
        organisations.add(
            founding.create(founder, new OrganisationName(name)).member().organisation());
      }
      for (int u = 1; u < world.options.users(); u++) {
        UserId user = new UserId(World.PEOPLE.get(u));
        founding.add(new UserId(World.PEOPLE.get(0)), organisations.get(0), user, Role.MEMBER);
      }
    }
  }

  /** The organisations of the world. */
  List<OrganisationId> organisations() {
    return organisations;
  }

  /** Whether there is nothing but documents. */
  private boolean isEmpty() {
    return world.options.people().equals(Options.People.NONE);
  }

  /** A device has got an answer. */
  void told(Seat seat, Response response) {
    sessions.told(seat, response);
  }

  // ---- requests

  private InstantSource time(Node node) {
    return () -> Instant.ofEpochMilli(world.servers.wall(node));
  }

  private Admission admission(Node node) {
    if (isEmpty()) {
      return Admission.ALL;
    }
    DeletedUsers deleted = new DeletedUsers(node.store.directory(), time(node));
    Memberships memberships = new Memberships(node.store.directory());
    return (user, owner) -> {
      deleted.check(user, SINCE);
      memberships.check(user, owner);
    };
  }

  /** Whether somebody may act for an owner, as the directory says now. */
  boolean isAdmitted(UserId user, Owner owner) {
    if (isEmpty()) {
      return true;
    }
    Directory directory = world.servers.backend().directory();
    boolean gone = new DeletedUsers(directory, () -> Instant.EPOCH).deletedAt(user).isPresent();
    return !gone
        && (!(owner instanceof OrganisationId organisation)
            || new Memberships(directory).isMember(organisation, user));
  }

  Look look(Seat seat) {
    return new Look(readers.moment(), isAdmitted(seat.user, seat.owner), joins);
  }

  Response answer(Node node, Seat seat, SyncRequest request) {
    asking.set(Optional.of(seat));
    try {
      Admission admission = admission(node);
      return Servers.answer(
          () -> {
            admission.check(seat.user, seat.owner);
            return node.engine
                .admitting(admission)
                .sync(Servers.APPLICATION, seat.user, seat.owner, request);
          });
    } finally {
      asking.remove();
    }
  }

  /** An answer leaves a node. */
  void answered(Parcel parcel, Response response, Look before) {
    Seat seat = parcel.seat;
    boolean admitted = isAdmitted(seat.user, seat.owner);
    if (response.isOk()) {
      if (!before.admitted() && !admitted && before.joins() == joins) {
        throw Oracles.broken("I13: " + seat + " is answered without being admitted");
      }
      if (!isEmpty()) {
        readers.told(seat, response, before.moment());
      }
      if (seat.waitingFor == parcel.id && parcel.served == 0) {
        sessions.check(seat, response);
      }
      count(seat, response);
    } else if ((response.status() == 401 || response.status() == 403)
        && before.admitted()
        && admitted
        && !world.options.interleaved()) {
      throw Oracles.broken("I14: " + seat + " is shut out");
    }
    if (!response.isOk() && response.status() == 401) {
      world.counters.count(Sometimes.SYNC_OF_ERASED_ACCOUNT);
    }
  }

  private void count(Seat seat, Response response) {
    for (var wire : response.documents()) {
      if (wire.get("_revoked") != null) {
        world.counters.count(Sometimes.REVOCATION_TOLD);
      } else if (wire.get("_owner") != null
          && !response.resync()
          && !sessions.known(seat).containsKey(Client.address(wire))) {
        world.counters.count(Sometimes.GRANT_TOLD);
      }
    }
    response
        .rejections()
        .values()
        .forEach(
            code ->
                world.counters.count(
                    code.equals("read_only")
                        ? Sometimes.WRITE_WITHOUT_RIGHT_REFUSED
                        : Sometimes.WRITE_AFTER_REVOKE_REFUSED));
  }

  /** A commit is in the log; of whom, the thread knows. */
  void appended(Commit commit) {
    if (isEmpty()) {
      return;
    }
    leftovers.appended(commit);
    asking
        .get()
        .ifPresent(
            seat -> {
              for (StoredDocument document : commit.documents()) {
                if (!readers.writes(seat.user, seat.owner, document.id())) {
                  throw Oracles.broken("I13: " + seat + " writes without a right " + document.id());
                }
              }
              if (out.contains(List.of(seat.user, seat.owner)) && !commit.documents().isEmpty()) {
                throw Oracles.broken("I13: " + seat + " writes after it was shut out");
              }
            });
    readers.appended(commit);
  }

  // ---- steps

  private Node someNode(SplittableRandom from) {
    return world.servers.nodes.get(from.nextInt(world.servers.nodes.size()));
  }

  /** Does something on a node, which may die of it; true is for what came to its end. */
  private void onNode(Node node, Runnable work, Runnable done, Runnable undone) {
    SplittableRandom fortune = new SplittableRandom(random.nextLong());
    world.traffic.onNode(
        node,
        () -> {
          node.fates = world.traffic.fates(fortune);
          boolean finished = false;
          try {
            work.run();
            finished = true;
          } catch (Crash e) {
            world.servers.restart(node);
          } catch (SyncException e) {
            if (!REFUSALS.contains(e.problem())) {
              throw e;
            }
            world.say(() -> " refused: " + e.getMessage());
          } catch (StoreUnavailableException e) {
            world.say(() -> " unavailable");
          } finally {
            node.fates = () -> SimulatedStore.Fate.GOOD;
          }
          (finished ? done : undone).run();
        });
  }

  void share(Seat seat, String address, SplittableRandom step) {
    DocumentId id = seat.id(address);
    if (!id.owner().equals(seat.owner)) {
      leave(seat, id, someNode(step));
      return;
    }
    UserId other = new UserId(World.PEOPLE.get(step.nextInt(world.options.users())));
    Optional<UnaryOperator<Sharing>> change = change(seat, other, step);
    if (change.isEmpty()) {
      return;
    }
    Node node = someNode(step);
    onNode(
        node,
        () -> {
          Sharing after =
              node.engine
                  .admitting(admission(node))
                  .share(Servers.APPLICATION, seat.user, seat.owner, id, change.get())
                  .index()
                  .sharing();
          world.say(() -> " shared " + id.key().value() + " " + after);
          world.counters.count(Sometimes.SHARED);
          leftovers.shared(other, id);
          after.organisation().ifPresent(members -> leftovers.shared(members, id));
          StoredDocument stored = world.servers.store().find(Set.of(id)).get(id);
          if (!world.options.interleaved()
              && (stored == null || !StoredForm.sharing(stored).equals(after))) {
            throw Oracles.broken("I14: a change of sharing is not stored: " + id);
          }
        },
        () -> {},
        () -> {});
  }

  private void leave(Seat seat, DocumentId id, Node node) {
    if (!seat.owner.equals(seat.user)) {
      return; // only what somebody was given they can give back
    }
    onNode(
        node,
        () ->
            node.engine
                .admitting(admission(node))
                .leave(
                    Servers.APPLICATION,
                    seat.user,
                    id.owner().value(),
                    id.key(),
                    Optional.of(id.collection())),
        () -> world.counters.count(Sometimes.LEFT_DOCUMENT),
        () -> {});
  }

  private Optional<UnaryOperator<Sharing>> change(Seat seat, UserId other, SplittableRandom step) {
    int kind = step.nextInt(8);
    if (kind < 4 && other.equals(seat.user)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (kind) {
          case 0, 1, 2 ->
              sharing ->
                  (sharing.visibility() == Visibility.PRIVATE
                          ? sharing.withVisibility(Visibility.SHARED, Optional.empty())
                          : sharing)
                      .with(new Grant(other, Servers.APPLICATION, kind > 0));
          case 3 -> sharing -> sharing.without(other, Servers.APPLICATION);
          case 4 -> sharing -> sharing.withVisibility(Visibility.PRIVATE, Optional.empty());
          case 5 -> sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty());
          case 6 -> {
            Optional<OrganisationId> members = organisations.stream().findFirst();
            yield sharing ->
                members.isEmpty()
                    ? sharing.withVisibility(Visibility.SHARED, Optional.empty())
                    : sharing.withVisibility(Visibility.ORG, members);
          }
          default -> {
            String hash = "hash" + step.nextInt(1_000_000);
            yield sharing ->
                sharing.withLink(Optional.of(new ShareLink(hash, OptionalLong.empty())));
          }
        });
  }

  void read(Seat seat, SplittableRandom step) {
    Node node = someNode(step);
    if (!node.busy) {
      reading.read(seat, node, isAdmitted(seat.user, seat.owner), step);
    }
  }

  private Organisations organisations(Node node) {
    return new Organisations(
        node.store.directory(),
        time(node),
        () -> new OrganisationId("org-" + random.nextInt(1_000_000)),
        (organisation, user) -> {
          node.engine.fence();
          node.engine.withdraw(user, organisation);
        });
  }

  void changeMembership(UserId actor, SplittableRandom step) {
    OrganisationId organisation = organisations.get(step.nextInt(organisations.size()));
    UserId user = new UserId(World.PEOPLE.get(step.nextInt(world.options.users())));
    Node node = someNode(step);
    Organisations all = organisations(node);
    Role role = step.nextInt(3) == 0 ? Role.ADMIN : Role.MEMBER;
    List<Owner> place = List.of(user, organisation);
    if (leftovers.isLeaving(user)) {
      return; // nobody lets in whom there is not
    }
    switch (step.nextInt(4)) {
      case 0, 1 ->
          onNode(
              node,
              () -> {
                mayBeIn(place);
                out.remove(place);
                try {
                  all.add(actor, organisation, user, role);
                } finally {
                  leftovers.letIn(user, organisation);
                }
              },
              () -> {
                mayBeIn(place);
                world.counters.count(Sometimes.MEMBER_JOINED);
              },
              () -> mayBeIn(place));
      case 2 ->
          onNode(
              node,
              () -> {
                mayBeIn(place);
                try {
                  all.changeRole(actor, organisation, user, role);
                } finally {
                  leftovers.letIn(user, organisation);
                }
              },
              () -> world.counters.count(Sometimes.ROLE_CHANGED),
              () -> {});
      default -> {
        int[] before = {-1};
        onNode(
            node,
            () -> {
              before[0] = letIn.getOrDefault(place, 0);
              all.remove(actor, organisation, user);
            },
            () -> {
              world.counters.count(Sometimes.MEMBER_LEFT);
              if (before[0] == letIn.getOrDefault(place, 0)) {
                out.add(place);
              }
            },
            () -> {});
      }
    }
  }

  private void mayBeIn(List<Owner> place) {
    joins++;
    letIn.merge(place, 1, Integer::sum);
  }

  private Erasures erasures(Node node) {
    return new Erasures(
        node.store.directory(),
        node.engine,
        organisations(node),
        new DeletedUsers(node.store.directory(), time(node)),
        time(node),
        List.of());
  }

  void erase(Seat seat, SplittableRandom step) {
    Node node = someNode(step);
    Owner owner = seat.user;
    if (!organisations.isEmpty() && step.nextInt(3) > 0) {
      owner = organisations.get(step.nextInt(organisations.size()));
    } else if (erasedAccounts + 1 >= world.options.users()) {
      return; // somebody has to be left
    } else {
      erasedAccounts++;
    }
    Owner going = owner;
    boolean[] complete = {false};
    world.say(() -> " erases " + going);
    onNode(
        node,
        () -> {
          if (going instanceof OrganisationId organisation) {
            complete[0] = erasures(node).organisation(seat.user, organisation);
          } else {
            complete[0] = erasures(node).user(seat.user, SINCE, TOKENS_END);
          }
        },
        () -> {
          if (complete[0]) {
            leftovers.gone(going);
          } else {
            world.counters.count(Sometimes.ERASURE_BROKEN_OFF);
          }
        },
        () -> {
          if (leftovers.isUnderWay(going)) {
            world.counters.count(Sometimes.ERASURE_BROKEN_OFF);
          }
        });
  }

  void resume(SplittableRandom step) {
    Node node = someNode(step);
    onNode(node, () -> resume(node), () -> {}, () -> {});
  }

  private void resume(Node node) {
    if (erasures(node).resume(Duration.ZERO) > 0) {
      world.counters.count(Sometimes.ERASURE_RESUMED);
    }
  }

  /** Somebody puts an older backup in the place of the database. */
  void restoreServer(SplittableRandom step) {
    if (world.traffic.isInFlight() || !world.options.people().restoredServer()) {
      return;
    }
    int all = world.servers.commits().size();
    int kept = all == 0 ? 0 : all - 1 - step.nextInt(Math.min(all, 12));
    world.servers.restoreBackup(kept);
    readers.restart(world.servers.commits());
    world.traffic.forgetAnswers();
    world.oracles.serverRestored(kept);
    sessions.clear();
    world.counters.count(Sometimes.SERVER_RESTORED);
    world.say(() -> " the server has " + kept + " of " + all + " commits left");
  }

  // ---- the end

  /** Faults have stopped: what was begun is completed. */
  void settle() {
    if (world.options.people().accounts()) {
      resume(world.servers.nodes.get(0));
      leftovers.settle(organisations);
    }
  }

  boolean isGone(Owner owner) {
    return leftovers.isGone(owner);
  }

  /** All is quiet. */
  void inTheEnd() {
    if (isEmpty()) {
      return;
    }
    leftovers.check();
    for (Seat seat : world.seats) {
      if (isAdmitted(seat.user, seat.owner)) {
        reading.complete(seat);
      }
      reading.read(seat, world.servers.nodes.get(0), isAdmitted(seat.user, seat.owner), random);
    }
  }
}
