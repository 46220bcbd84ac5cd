package dev.landfall.engine.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The trail over the directory of a store; every store passes the same. */
abstract class AuditTrailContract {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId AL = new UserId("al");
  private static final UserId BOB = new UserId("bob");
  private static final OrganisationId TEAM = new OrganisationId("team");
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  private final StoreBackend store = open();
  private final Directory directory = store.directory();
  private final AtomicLong now = new AtomicLong(NOON.toEpochMilli());
  private final AtomicLong random = new AtomicLong();
  private final AuditTrail trail = node();

  abstract StoreBackend open();

  @AfterEach
  void close() {
    store.close();
  }

  private AuditTrail node() {
    return new AuditTrail(
        directory, () -> Instant.ofEpochMilli(now.get()), random::incrementAndGet);
  }

  private AuditEntry entry(UserId who, String what, Owner... concerned) {
    Set<Owner> concerns = new HashSet<>(List.of(concerned));
    concerns.add(who);
    return new AuditEntry(
        Instant.ofEpochMilli(now.get()),
        Optional.of(who),
        what,
        Map.of("key", "milk"),
        Optional.of("192.0.2.7"),
        concerns);
  }

  private AuditEntry added(UserId who, UserId whom) {
    return new AuditEntry(
        Instant.ofEpochMilli(now.get()),
        Optional.of(who),
        "member_added",
        Map.of("organisation", TEAM.value(), "user", whom.value()),
        Optional.of("192.0.2.7"),
        Set.of(who, whom, TEAM));
  }

  private static List<String> what(AuditTrail.Page page) {
    return page.entries().stream().map(AuditEntry::what).toList();
  }

  private static List<String> whole(AuditTrail trail, Owner concerned, int limit) {
    List<String> read = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      AuditTrail.Page page = trail.of(concerned, after, limit);
      read.addAll(what(page));
      after = page.after();
    } while (after.isPresent());
    return read;
  }

  @Test
  void anEntryIsReadAsItWasAdded() {
    AuditEntry entry = added(ALICE, BOB);

    trail.add(entry);

    assertThat(trail.all(Optional.empty(), 10).entries()).containsExactly(entry);
    assertThat(trail.of(ALICE, Optional.empty(), 10).entries()).containsExactly(entry);
    assertThat(trail.of(BOB, Optional.empty(), 10).entries()).containsExactly(entry);
    assertThat(trail.of(TEAM, Optional.empty(), 10).entries()).containsExactly(entry);
  }

  @Test
  void whatConcernsOneIsNotReadByAnother() {
    trail.add(entry(ALICE, "signed_in"));
    trail.add(
        new AuditEntry(
            NOON, Optional.empty(), "token_refused", Map.of(), Optional.empty(), Set.of()));

    assertThat(trail.of(AL, Optional.empty(), 10).entries()).isEmpty();
    assertThat(trail.of(new OrganisationId("alice"), Optional.empty(), 10).entries()).isEmpty();
    assertThat(what(trail.all(Optional.empty(), 10))).containsExactly("token_refused", "signed_in");
  }

  @Test
  void theNewestComesFirstAlsoWithinAMillisecond() {
    for (String what : List.of("a", "b", "c")) {
      trail.add(entry(ALICE, what));
    }
    now.addAndGet(1);
    trail.add(entry(ALICE, "d"));

    assertThat(what(trail.all(Optional.empty(), 10))).containsExactly("d", "c", "b", "a");
    assertThat(what(trail.of(ALICE, Optional.empty(), 10))).containsExactly("d", "c", "b", "a");
  }

  @Test
  void readingInPagesIsReadingAll() {
    for (int i = 0; i < 7; i++) {
      trail.add(entry(ALICE, String.valueOf((char) ('a' + i)), TEAM));
      trail.add(entry(BOB, "other"));
    }

    for (int limit = 1; limit <= 8; limit++) {
      assertThat(whole(trail, ALICE, limit)).containsExactly("g", "f", "e", "d", "c", "b", "a");
      assertThat(whole(trail, TEAM, limit)).containsExactly("g", "f", "e", "d", "c", "b", "a");
    }
  }

  @Test
  void twoNodesAddToOneTrail() {
    AuditTrail other = node();

    trail.add(entry(ALICE, "here"));
    other.add(entry(ALICE, "there"));

    assertThat(what(trail.of(ALICE, Optional.empty(), 10)))
        .containsExactlyInAnyOrder("here", "there");
  }

  @Test
  void whatIsOldIsForgottenAndTheRestIsNot() {
    trail.add(entry(ALICE, "old", TEAM));
    now.addAndGet(Duration.ofDays(2).toMillis());
    trail.add(entry(ALICE, "new", TEAM));

    assertThat(trail.forget(Duration.ofDays(1))).isEqualTo(1);
    assertThat(trail.forget(Duration.ofDays(1))).isZero();

    assertThat(what(trail.all(Optional.empty(), 10))).containsExactly("new");
    assertThat(what(trail.of(TEAM, Optional.empty(), 10))).containsExactly("new");
    assertThat(names("auditOf")).hasSize(2);
  }

  @Test
  void nothingSaysAnyMoreWhoIsGone() {
    trail.add(entry(ALICE, "signed_in"));
    trail.add(added(ALICE, BOB));
    trail.add(added(BOB, ALICE));

    trail.erase(ALICE);
    trail.erase(ALICE);

    assertThat(trail.of(ALICE, Optional.empty(), 10).entries()).isEmpty();
    assertThat(trail.of(BOB, Optional.empty(), 10).entries())
        .containsExactly(
            new AuditEntry(
                NOON,
                Optional.of(BOB),
                "member_added",
                Map.of("organisation", "team", "user", "deleted"),
                Optional.of("192.0.2.7"),
                Set.of(BOB, TEAM)),
            new AuditEntry(
                NOON,
                Optional.empty(),
                "member_added",
                Map.of("organisation", "team", "user", "bob"),
                Optional.empty(),
                Set.of(BOB, TEAM)));
    assertThat(trail.all(Optional.empty(), 10).entries()).hasSize(2);
    assertThat(content()).doesNotContain("alice");
  }

  @Test
  void anOrganisationThatIsGoneIsNotNamedEither() {
    trail.add(added(ALICE, BOB));

    trail.erase(TEAM);

    assertThat(trail.of(TEAM, Optional.empty(), 10).entries()).isEmpty();
    assertThat(trail.of(ALICE, Optional.empty(), 10).entries().get(0).on())
        .containsEntry("organisation", "deleted");
    assertThat(content()).doesNotContain("team");
  }

  @Test
  void anEntryWhoseRecordsAreIncompleteIsForgottenLikeAny() {
    trail.add(entry(ALICE, "signed_in"));
    String name = names("auditOf").get(0);
    assertThat(directory.remove("auditOf", name, 1)).isTrue();
    now.addAndGet(Duration.ofDays(2).toMillis());

    assertThat(trail.forget(Duration.ofDays(1))).isEqualTo(1);

    assertThat(names("audit")).isEmpty();
  }

  @Test
  void aPlaceIsOneThatWasTold() {
    for (int i = 0; i < 2; i++) {
      trail.add(entry(ALICE, "signed_in"));
    }
    String after = trail.of(ALICE, Optional.empty(), 1).after().orElseThrow();

    assertThat(AuditTrail.place(after)).isEqualTo(after);
    assertThatThrownBy(() -> AuditTrail.place("../" + after))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private List<String> names(String kind) {
    return directory.list(kind, "", 1_000).stream().map(DirectoryRecord::name).toList();
  }

  private String content() {
    StringBuilder all = new StringBuilder();
    for (String kind : List.of("audit", "auditOf")) {
      directory
          .list(kind, "", 1_000)
          .forEach(record -> all.append(record.name()).append(record.content().utf8()));
    }
    return all.toString();
  }
}
