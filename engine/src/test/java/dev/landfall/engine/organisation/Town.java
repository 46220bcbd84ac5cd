package dev.landfall.engine.organisation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.memory.MemoryProvider;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Organisations over the memory store, with a clock that tests set. */
final class Town {
  static final UserId ALICE = new UserId("alice");
  static final UserId BOB = new UserId("bob");
  static final UserId CAROL = new UserId("carol");
  static final Instant START = Instant.ofEpochMilli(1_764_000_000_000L);

  final StoreBackend store;
  final Organisations organisations;
  final Memberships memberships;
  final List<String> removals = new CopyOnWriteArrayList<>();
  Instant now = START;

  Town() {
    this(new MemoryProvider().open(new StoreSettings(Map.of())));
  }

  Town(StoreBackend store) {
    this.store = store;
    this.organisations = over(store.directory());
    this.memberships = new Memberships(store.directory());
  }

  /** The same over what else leads to the directory. */
  Organisations over(Directory directory) {
    return new Organisations(
        directory,
        () -> now,
        () -> new OrganisationId(UUID.randomUUID().toString()),
        (organisation, user) -> removals.add(user.value()));
  }

  /** Acme, with its administrators, all of whom have acted in its name. */
  OrganisationId acme(UserId... admins) {
    OrganisationId acme =
        organisations.create(admins[0], new OrganisationName("Acme")).member().organisation();
    for (int i = 1; i < admins.length; i++) {
      organisations.add(admins[0], acme, admins[i], Role.ADMIN);
      memberships.enter(admins[i], acme);
    }
    return acme;
  }

  /** Members as {@code user:role}, as the first of {@code callers} who may look sees them. */
  List<String> members(OrganisationId organisation, UserId caller) {
    return organisations.members(caller, organisation, Optional.empty(), 1000).items().stream()
        .map(member -> member.user().value() + ":" + member.role().text())
        .toList();
  }

  /** Names of organisations with the role, as {@code name:role}. */
  List<String> of(UserId user) {
    return organisations.of(user, Optional.empty(), 1000).items().stream()
        .map(one -> one.name() + ":" + one.member().role().text())
        .toList();
  }

  /** Why it was refused; nothing if it was not. */
  static Optional<Problem> refusal(Runnable work) {
    try {
      work.run();
      return Optional.empty();
    } catch (SyncException e) {
      return Optional.of(e.problem());
    }
  }

  static void assertRefused(SyncProblem problem, Runnable work) {
    assertThat(refusal(work)).contains(problem);
  }
}
