package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.SharingLimits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.history.DocumentVersion;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharedPage;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.SharingPatch;
import dev.landfall.engine.sharing.TakenDown;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.engine.sync.Targets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How what was shared ends: for its owner, for its readers, for an organisation. */
class LettingGoTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final UserId CAROL = new UserId("carol");
  private static final OrganisationId ACME = new OrganisationId("acme");
  private static final String HASH = "0".repeat(64);

  private final TestServer server = new TestServer();
  private final Set<UserId> admins = new HashSet<>();
  private final Set<UserId> blockers = new HashSet<>();
  private final SharingGuard guard =
      new SharingGuard() {
        @Override
        public boolean administers(UserId user, OrganisationId organisation) {
          return organisation.equals(ACME) && admins.contains(user);
        }

        @Override
        public Set<UserId> blockersOf(UserId giver) {
          return giver.equals(ALICE) ? blockers : Set.of();
        }
      };

  /** A clock of a device of {@code user} now, which goes on. */
  private HybridTimestamp now(UserId user) {
    server.millis += 10;
    return new HybridTimestamp(server.millis, 0, user.value() + "s-phone");
  }

  private Answer sync(UserId user, Owner owner, HybridTimestamp clock, Change... changes) {
    server.millis += 10;
    SyncRequest request =
        new SyncRequest(
            TASKS,
            clock,
            List.of(changes),
            OptionalInt.empty(),
            OptionalLong.empty(),
            false,
            true,
            false);
    return TestServer.deliver(server.engine().sync(TODO, user, owner, request));
  }

  private Answer write(UserId user, Owner owner, String key, String value, HybridTimestamp base) {
    Change change = edit(key, "{'a':'" + value + "'}", Map.of("a", now(user)), base);
    return sync(user, owner, base, Sharer.of(owner, change));
  }

  private Answer write(String key, String value, HybridTimestamp base) {
    return write(ALICE, ALICE, key, value, base);
  }

  private Document share(UserId user, Owner owner, String key, UnaryOperator<Sharing> change) {
    server.millis += 10;
    return server
        .engine()
        .share(
            TODO, user, owner, new DocumentId(owner, TASKS, new DocumentKey(key)), guard, change);
  }

  private Document share(String key, UnaryOperator<Sharing> change) {
    return share(ALICE, ALICE, key, change);
  }

  private static UnaryOperator<Sharing> as(Visibility visibility) {
    return sharing -> sharing.withVisibility(visibility, Optional.of(ACME));
  }

  private static UnaryOperator<Sharing> linked() {
    return sharing -> sharing.withLink(Optional.of(new ShareLink(HASH, OptionalLong.empty())));
  }

  private Answer pull(UserId user, HybridTimestamp clock) {
    return sync(user, user, clock);
  }

  private Sharing sharing(Owner owner, String key) {
    return server
        .engine()
        .indexed(TODO, owner, new DocumentKey(key), Optional.empty())
        .get(0)
        .index()
        .sharing();
  }

  private List<DocumentVersion> history(UserId user) {
    return server
        .engine()
        .history(TODO, user, user, TestServer.id("plan"), Optional.empty(), 10)
        .versions();
  }

  private static void assertRefused(SyncProblem problem, Runnable request) {
    assertThatThrownBy(request::run)
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }

  // ---- made anew

  @Test
  void aDocumentThatIsMadeAnewAfterItsDeletionStartsPrivate() {
    HybridTimestamp base = write("plan", "one", ZERO).clock();
    share("plan", Sharer.with(BOB, true));
    share("plan", linked());
    HybridTimestamp bobs = pull(BOB, ZERO).clock();
    sync(ALICE, ALICE, base, delete("plan", now(ALICE), base));
    bobs = pull(BOB, bobs).clock();

    write("plan", "diary", ZERO);

    assertThat(sharing(ALICE, "plan")).isEqualTo(Sharing.NONE);
    assertThat(pull(BOB, bobs).documents().get("plan").get("_revoked")).isNotNull();
    assertThat(pull(BOB, ZERO).documents()).isEmpty();
    assertThat(server.engine().linked(TODO, TestServer.id("plan"), HASH)).isEmpty();
  }

  @Test
  void soItDoesForWhoKnewOfTheDeletion() {
    HybridTimestamp base = write("plan", "one", ZERO).clock();
    share("plan", Sharer.with(BOB, true));
    HybridTimestamp deleted = sync(ALICE, ALICE, base, delete("plan", now(ALICE), base)).clock();

    write("plan", "diary", deleted);

    assertThat(sharing(ALICE, "plan")).isEqualTo(Sharing.NONE);
    assertThat(pull(BOB, ZERO).documents()).isEmpty();
  }

  @Test
  void aDocumentThatALaterEditBringsBackKeepsItsReaders() {
    HybridTimestamp base = write("plan", "one", ZERO).clock();
    share("plan", Sharer.with(BOB, false));
    sync(ALICE, ALICE, base, delete("plan", now(ALICE), base));

    write("plan", "two", base);

    assertThat(sharing(ALICE, "plan").grants()).hasSize(1);
    assertThat(pull(BOB, ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':'two'}"));
  }

  @Test
  void soItIsWithWholeDocumentsByVersion() {
    AtomChange create = atom(Optional.of("{'a':1}"), 0);
    server.engine().writeAtoms(TODO, ALICE, ALICE, List.of(create));
    share("plan", Sharer.with(BOB, true));
    server.engine().writeAtoms(TODO, ALICE, ALICE, List.of(atom(Optional.empty(), 1)));

    AtomAnswer answer =
        server.engine().writeAtoms(TODO, ALICE, ALICE, List.of(atom(Optional.of("{'a':2}"), 2)));

    assertThat(answer.results().get(0).document().orElseThrow().version()).isEqualTo(3);
    assertThat(sharing(ALICE, "plan")).isEqualTo(Sharing.NONE);
  }

  private static AtomChange atom(Optional<String> fields, long version) {
    return new AtomChange(
        TASKS,
        Optional.empty(),
        Optional.of(new DocumentKey("plan")),
        fields.map(Vectors::json),
        version);
  }

  @Test
  void privateEndsTheLink() {
    write("plan", "one", ZERO);
    share("plan", linked());

    share(
        "plan",
        sharing ->
            new SharingPatch(
                    Optional.of(Visibility.PRIVATE), List.of(), List.of(), Optional.empty())
                .applyTo(sharing));

    assertThat(server.engine().linked(TODO, TestServer.id("plan"), HASH)).isEmpty();
  }

  // ---- history

  @Test
  void theHistoryOfAReaderBeginsWithTheGrant() {
    HybridTimestamp base = write("plan", "password", ZERO).clock();
    base = write("plan", "gone", base).clock();
    share("plan", Sharer.with(BOB, false));
    write("plan", "later", base);

    assertThat(history(ALICE)).hasSize(3);
    assertThat(history(BOB)).hasSize(2);
    assertThat(history(BOB).toString())
        .contains("later")
        .contains("gone")
        .doesNotContain("password");
  }

  @Test
  void itBeginsAgainWithEachGrantAndWithEachPublication() {
    HybridTimestamp base = write("plan", "shown", ZERO).clock();
    share("plan", Sharer.with(BOB, false));
    share("plan", Sharer.without(BOB));
    base = write("plan", "password", base).clock();
    base = write("plan", "gone", base).clock();

    share("plan", Sharer.with(BOB, false));
    assertThat(history(BOB).toString()).contains("gone").doesNotContain("password");

    share("plan", as(Visibility.PRIVATE));
    base = write("plan", "pin", base).clock();
    write("plan", "erased", base);
    share("plan", as(Visibility.SHARED));
    assertThat(history(BOB).toString()).contains("erased").doesNotContain("pin");

    share("plan", as(Visibility.PUBLIC));
    assertThat(history(CAROL).toString()).contains("erased").doesNotContain("pin");
  }

  @Test
  void whoIsGivenTheSameAgainReadsWhatTheyRead() {
    HybridTimestamp base = write("plan", "one", ZERO).clock();
    share("plan", Sharer.with(BOB, false));
    write("plan", "two", base);
    Sharing before = sharing(ALICE, "plan");

    share("plan", Sharer.with(BOB, false));

    assertThat(sharing(ALICE, "plan")).isEqualTo(before);
    assertThat(history(BOB).toString()).contains("one").contains("two");
  }

  @Test
  void whoMayWriteReadsAllOfIt() {
    HybridTimestamp base = write("plan", "one", ZERO).clock();
    write("plan", "two", base);
    share("plan", Sharer.with(BOB, true));

    assertThat(history(BOB).toString()).contains("one");
  }

  // ---- leaving and blocking

  @Test
  void whoLeavesADocumentIsRidOfIt() {
    write("plan", "one", ZERO);
    share("plan", Sharer.with(BOB, true));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();

    server.engine().leave(TODO, BOB, ALICE.value(), new DocumentKey("plan"), Optional.empty());

    assertThat(pull(BOB, bobs).documents().get("plan").get("_revoked")).isNotNull();
    assertThat(sharing(ALICE, "plan").grants()).isEmpty();
    assertRefused(
        SyncProblem.NOT_FOUND,
        () -> server.engine().leave(TODO, BOB, "alice", new DocumentKey("plan"), Optional.empty()));
  }

  @Test
  void nobodyLeavesWhatIsNotSharedWithThem() {
    write("plan", "one", ZERO);
    share("plan", as(Visibility.PUBLIC));

    for (String key : List.of("plan", "none")) {
      assertRefused(
          SyncProblem.NOT_FOUND,
          () ->
              server.engine().leave(TODO, BOB, "alice", new DocumentKey(key), Optional.of(TASKS)));
    }
  }

  @Test
  void whatABlockedPersonHasGivenEndsAndLooksAsBefore() {
    write("plan", "one", ZERO);
    share("plan", Sharer.with(BOB, true));
    share("plan", Sharer.with(CAROL, false));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();
    blockers.add(BOB);

    server.engine().mute(ALICE, BOB);

    assertThat(pull(BOB, bobs).documents().get("plan").get("_revoked")).isNotNull();
    assertThat(pull(CAROL, ZERO).order()).containsExactly("plan");
    assertThat(sharing(ALICE, "plan").grants()).extracting(Grant::user).contains(BOB);
    assertThat(
            sync(BOB, BOB, ZERO, Sharer.of(ALICE, edit("plan", "{}", Map.of(), bobs))).rejections())
        .extracting(SyncAnswer.Rejection::code)
        .containsExactly(Targets.REVOKED);
  }

  @Test
  void whatABlockedPersonGivesLaterIsAcceptedAndGrantsNothing() {
    write("plan", "one", ZERO);
    blockers.add(BOB);

    share("plan", Sharer.with(BOB, true));
    assertThat(sharing(ALICE, "plan").grants()).hasSize(1);
    assertThat(pull(BOB, ZERO).documents()).isEmpty();

    blockers.clear();
    assertThat(pull(BOB, ZERO).documents()).isEmpty();
    share("plan", Sharer.with(BOB, true));
    assertThat(pull(BOB, ZERO).order()).containsExactly("plan");
  }

  // ---- organisations

  @Test
  void theAdministratorsOfAnOrganisationManageTheSharingOfItsDocuments() {
    admins.add(CAROL);
    write(ALICE, ACME, "plan", "one", ZERO);

    share(CAROL, ACME, "plan", Sharer.with(BOB, false));

    assertThat(pull(BOB, ZERO).order()).containsExactly("plan");
    assertRefused(SyncProblem.NOT_FOUND, () -> share(BOB, ACME, "plan", as(Visibility.PUBLIC)));
    write(ALICE, ALICE, "own", "one", ZERO);
    assertRefused(SyncProblem.NOT_FOUND, () -> share(CAROL, ALICE, "own", as(Visibility.PUBLIC)));
  }

  @Test
  void whoLeavesAnOrganisationHasNothingLeftOfItsDocuments() {
    write(ALICE, ACME, "plan", "one", ZERO);
    write(BOB, ACME, "map", "one", ZERO);
    share(ALICE, ACME, "plan", Sharer.with(BOB, true));
    share(ALICE, ACME, "plan", Sharer.with(CAROL, true));
    share(BOB, ACME, "map", linked());
    HybridTimestamp bobs = pull(BOB, ZERO).clock();

    server.engine().withdraw(BOB, ACME);

    assertThat(pull(BOB, bobs).documents().get("plan").get("_revoked")).isNotNull();
    assertThat(sharing(ACME, "plan").grants()).extracting(Grant::user).containsExactly(CAROL);
    assertThat(sharing(ACME, "map").link()).isEmpty();
    assertThat(
            server.engine().linked(TODO, new DocumentId(ACME, TASKS, new DocumentKey("map")), HASH))
        .isEmpty();
  }

  @Test
  void whatIsSharedOutsideAnOrganisationIsListedInParts() {
    for (String key : List.of("private", "granted", "public", "linked", "ended")) {
      write(ALICE, ACME, key, "one", ZERO);
    }
    share(ALICE, ACME, "granted", Sharer.with(BOB, true));
    share(ALICE, ACME, "public", as(Visibility.PUBLIC));
    share(ALICE, ACME, "linked", linked());
    share(ALICE, ACME, "ended", Sharer.with(BOB, true));
    share(ALICE, ACME, "ended", Sharer.without(BOB));

    SharedPage first = server.engine().shared(TODO, ACME, ZERO, 2);
    SharedPage rest = server.engine().shared(TODO, ACME, first.after().orElseThrow(), 10);

    assertThat(first.entries())
        .extracting(entry -> entry.id().key().value())
        .containsExactly("granted", "public");
    assertThat(rest.entries())
        .extracting(entry -> entry.id().key().value())
        .containsExactly("linked");
    assertThat(rest.after()).isEmpty();
  }

  // ---- operators and limits

  @Test
  void anOperatorTakesAPublicDocumentAndALinkDown() {
    write("plan", "one", ZERO);
    share("plan", Sharer.with(BOB, false));
    share("plan", as(Visibility.PUBLIC));
    share("plan", linked());

    TakenDown ended = server.engine().end(TODO, TestServer.id("plan"), new TakenDown(true, true));

    assertThat(ended).isEqualTo(new TakenDown(true, true));
    assertThat(pull(CAROL, ZERO).documents()).isEmpty();
    assertThat(pull(BOB, ZERO).order()).containsExactly("plan");
    assertThat(server.engine().linked(TODO, TestServer.id("plan"), HASH)).isEmpty();
    assertThat(server.engine().end(TODO, TestServer.id("none"), new TakenDown(true, true)))
        .isEqualTo(new TakenDown(false, false));
  }

  private static TestServer limited(SharingLimits limits) {
    SyncSettings standard = SyncSettings.DEFAULT;
    return new TestServer(
        new SyncSettings(
            standard.maxDrift(),
            standard.history(),
            standard.tombstoneRetention(),
            true,
            standard.limits(),
            limits),
        CollectionDefinition.FREE_FORM);
  }

  @Test
  void nobodyPublishesMoreDocumentsThanAllowedAndTakingOneBackMakesRoom() {
    TestServer small = limited(new SharingLimits(2, 1_000_000, 10));
    for (int i = 0; i < 4; i++) {
      small.push(ZERO, edit("p" + i, "{'a':1}", Map.of("a", at(i, "phone")), ZERO));
    }
    publish(small, "p0");
    publish(small, "p1");

    assertRefused(SyncProblem.OUT_OF_ROOM, () -> publish(small, "p2"));
    small.engine().share(TODO, ALICE, ALICE, TestServer.id("p0"), as(Visibility.PRIVATE));
    publish(small, "p2");

    assertThat(small.sync(BOB, SyncRequest.pull(TASKS, ZERO)).order()).containsExactly("p1", "p2");
  }

  private static void publish(TestServer on, String key) {
    on.engine().share(TODO, ALICE, ALICE, TestServer.id(key), as(Visibility.PUBLIC));
  }

  @Test
  void whatIsPublicDoesNotGrowBeyondWhatIsAllowed() {
    TestServer small = limited(new SharingLimits(2, 1_000, 10));
    HybridTimestamp base =
        small.push(ZERO, edit("p", "{'a':1}", Map.of("a", at(1, "phone")), ZERO)).clock();
    publish(small, "p");
    String large = "{'a':'" + "x".repeat(2_000) + "'}";

    assertRefused(
        SyncProblem.OUT_OF_ROOM,
        () -> small.push(base, edit("p", large, Map.of("a", at(2, "phone")), base)));
    small.push(base, edit("p", "{'a':2}", Map.of("a", at(3, "phone")), base));
    small.push(base, edit("own", large, Map.of("a", at(4, "phone")), ZERO));

    assertRefused(SyncProblem.OUT_OF_ROOM, () -> publish(small, "own"));
    assertThat(small.sync(BOB, SyncRequest.pull(TASKS, ZERO)).fields("p"))
        .isEqualTo(Vectors.json("{'a':2}"));
  }

  @Test
  void nobodyGivesOnePersonMoreThanAllowed() {
    TestServer small = limited(new SharingLimits(10, 1_000_000, 2));
    for (int i = 0; i < 4; i++) {
      small.push(ZERO, edit("p" + i, "{'a':1}", Map.of("a", at(i, "phone")), ZERO));
    }
    give(small, "p0", BOB);
    give(small, "p1", BOB);

    assertRefused(SyncProblem.OUT_OF_ROOM, () -> give(small, "p2", BOB));
    give(small, "p2", CAROL);
    small.engine().share(TODO, ALICE, ALICE, TestServer.id("p0"), Sharer.without(BOB));
    small.millis += 10_000;
    give(small, "p3", BOB);

    assertThat(small.sync(BOB, SyncRequest.pull(TASKS, ZERO)).order()).containsExactly("p1", "p3");
  }

  private static void give(TestServer on, String key, UserId to) {
    on.engine().share(TODO, ALICE, ALICE, TestServer.id(key), Sharer.with(to, false));
  }
}
