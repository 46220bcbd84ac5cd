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
import static org.assertj.core.api.Assertions.tuple;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonString;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What people let each other see, and how that travels. */
class SharingTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1_000, "phone");
  private static final HybridTimestamp T2 = at(2_000, "tablet");
  private static final HybridTimestamp T3 = at(3_000, "phone");
  private static final UserId CAROL = new UserId("carol");
  private static final OrganisationId ACME = new OrganisationId("acme");

  private final TestServer server = new TestServer();

  private HybridTimestamp alicesPlan() {
    HybridTimestamp base =
        server.push(ZERO, edit("plan", "{'a':1}", Map.of("a", T1), ZERO)).clock();
    server.millis += 500;
    return base;
  }

  private Document share(UnaryOperator<Sharing> change) {
    Document shared = server.engine().share(TODO, ALICE, ALICE, TestServer.id("plan"), change);
    server.millis += 500;
    return shared;
  }

  private static UnaryOperator<Sharing> with(UserId user, boolean writes) {
    return sharing ->
        sharing
            .withVisibility(Visibility.SHARED, Optional.empty())
            .with(new Grant(user, TODO, writes));
  }

  private static UnaryOperator<Sharing> as(Visibility visibility) {
    return sharing -> sharing.withVisibility(visibility, Optional.of(ACME));
  }

  private Answer pull(UserId user, HybridTimestamp clock) {
    return sync(user, user, clock);
  }

  private Answer sync(UserId user, Owner owner, HybridTimestamp clock, Change... changes) {
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

  private Answer existingClient(UserId user, HybridTimestamp clock, Change... changes) {
    return server.sync(user, SyncRequest.push(TASKS, clock, List.of(changes)));
  }

  private static Change of(Owner owner, Change change) {
    return new Change(
        change.key(),
        change.fields(),
        change.stamps(),
        change.baseClock(),
        change.base(),
        Optional.of(owner.value()));
  }

  private boolean exists(UserId user, String key) {
    DocumentId id = new DocumentId(user, TASKS, new DocumentKey(key));
    return !server.store.application(TODO).find(java.util.Set.of(id)).isEmpty();
  }

  @Test
  void anOldDocumentArrivesWithTheNextPullAfterItIsShared() {
    alicesPlan();
    HybridTimestamp bobs = pull(BOB, ZERO).clock();
    server.push(server.pull(ZERO).clock(), edit("other", "{'b':1}", Map.of("b", T2), ZERO));
    bobs = pull(BOB, bobs).clock();

    share(with(BOB, false));
    Answer answer = pull(BOB, bobs);

    assertThat(answer.order()).containsExactly("plan");
    assertThat(answer.documents().get("plan").get("_owner")).isEqualTo(new JsonString("alice"));
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(answer.clock()).isGreaterThan(bobs);
    assertThat(pull(BOB, answer.clock()).order()).isEmpty();
  }

  @Test
  void aRequestForADocumentThatIsDeletedByNowDoesNotReachWhatIsSharedUnderItsKeySince() {
    alicesPlan();
    Change creation = edit("plan", "{'b':1}", Map.of("b", T2), ZERO);
    HybridTimestamp created = existingClient(BOB, ZERO, creation).clock();
    Change deletion = delete("plan", at(4_000, "bobs"), created);
    existingClient(BOB, created, deletion);
    share(with(BOB, true));

    existingClient(BOB, ZERO, creation);
    existingClient(BOB, created, deletion);

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void anEditOfAReaderIsRefusedEvenIfALaterOneHasOvertakenIt() {
    HybridTimestamp base = alicesPlan();
    share(with(BOB, false));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();
    HybridTimestamp earlier = at(60_000, "bobs");
    HybridTimestamp later = at(61_000, "phone");
    server.push(base, edit("plan", "{'a':2}", Map.of("a", later), base));

    Answer answer =
        sync(BOB, BOB, bobs, of(ALICE, edit("plan", "{'a':3}", Map.of("a", earlier), bobs)));

    assertThat(answer.rejections())
        .extracting(SyncAnswer.Rejection::code)
        .containsExactly("read_only");
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':2}"));
  }

  @Test
  void sharingIsNewsForNobodyElse() {
    HybridTimestamp alices = alicesPlan();
    HybridTimestamp carols = pull(CAROL, ZERO).clock();

    share(with(BOB, false));

    assertThat(server.pull(alices).order()).isEmpty();
    assertThat(pull(CAROL, carols).order()).isEmpty();
  }

  @Test
  void theRevisionOfAForeignDocumentIsABaseLikeAnyOther() {
    HybridTimestamp alices =
        server.push(ZERO, edit("plan", "{'t':'a\\nb\\nc'}", Map.of("t", T1), ZERO)).clock();
    share(with(BOB, true));
    HybridTimestamp base =
        HybridTimestamp.parse(
            ((JsonString) pull(BOB, ZERO).documents().get("plan").get("_rev")).value());
    HybridTimestamp first = new HybridTimestamp(base.millis() + 1, 0, "phone");
    server.millis += 500;
    server.push(alices, edit("plan", "{'t':'A\\nb\\nc'}", Map.of("t", first), alices));

    HybridTimestamp second = new HybridTimestamp(base.millis() + 2, 0, "tablet");
    Answer answer =
        sync(
            BOB,
            BOB,
            ZERO,
            of(ALICE, edit("plan", "{'t':'a\\nb\\nC'}", Map.of("t", second), base)));

    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'t':'A\\nb\\nC'}"));
  }

  @Test
  void aChangeOfASharedDocumentReachesItsReaders() {
    HybridTimestamp base = alicesPlan();
    share(with(BOB, false));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();

    server.push(base, edit("plan", "{'a':2}", Map.of("a", T3), base));

    assertThat(pull(BOB, bobs).fields("plan")).isEqualTo(Vectors.json("{'a':2}"));
  }

  @Test
  void aRevokedDocumentIsTakenAwayAndTellsNothingMore() {
    HybridTimestamp base = alicesPlan();
    share(with(BOB, false));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();

    share(sharing -> sharing.without(BOB, TODO));
    server.push(base, edit("plan", "{'a':'secret'}", Map.of("a", T3), base));
    Answer answer = pull(BOB, bobs);

    assertThat(answer.documents().get("plan").members().keySet())
        .containsExactlyInAnyOrder("_key", "_rev", "_owner", "_revoked");
    assertThat(pull(BOB, answer.clock()).order()).isEmpty();
    assertThat(pull(BOB, ZERO).order()).isEmpty();
  }

  @Test
  void makingItPrivateTakesItFromEverybodyAndKeepsTheGrants() {
    alicesPlan();
    share(with(BOB, false));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();

    share(as(Visibility.PRIVATE));
    Answer revoked = pull(BOB, bobs);
    share(as(Visibility.SHARED));
    Answer again = pull(BOB, revoked.clock());

    assertThat(revoked.documents().get("plan").get("_revoked")).isNotNull();
    assertThat(again.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void whoStillReadsItInAnotherWayLosesNothing() {
    alicesPlan();
    share(with(BOB, false));
    share(as(Visibility.PUBLIC));
    Answer bobs = pull(BOB, ZERO);

    share(sharing -> sharing.without(BOB, TODO));

    assertThat(bobs.order()).containsExactly("plan");
    assertThat(pull(BOB, bobs.clock()).order()).isEmpty();
    assertThat(pull(BOB, ZERO).order()).containsExactly("plan");
  }

  @Test
  void aPublicDocumentIsDeliveredToEverybodyAndOnceToItsOwner() {
    alicesPlan();
    share(as(Visibility.PUBLIC));

    assertThat(pull(CAROL, ZERO).order()).containsExactly("plan");
    assertThat(server.pull(ZERO).order()).containsExactly("plan");
    assertThat(server.pull(ZERO).documents().get("plan").get("_owner")).isNull();
  }

  @Test
  void anOrganisationReadsItInItsOwnContextOnly() {
    alicesPlan();
    share(as(Visibility.ORG));

    assertThat(sync(BOB, ACME, ZERO).order()).containsExactly("plan");
    assertThat(pull(BOB, ZERO).order()).isEmpty();
  }

  @Test
  void aMemberWhoLeavesTakesTheDocumentsAlong() {
    alicesPlan();
    share(as(Visibility.ORG));
    HybridTimestamp seen = sync(BOB, ACME, ZERO).clock();

    server.engine().withdraw(ALICE, ACME);

    assertThat(sync(BOB, ACME, seen).documents().get("plan").get("_revoked")).isNotNull();
    assertThat(server.pull(ZERO).order()).containsExactly("plan");
  }

  @Test
  void aGrantForAnotherApplicationGrantsNothing() {
    alicesPlan();

    share(
        sharing ->
            sharing
                .withVisibility(Visibility.SHARED, Optional.empty())
                .with(new Grant(BOB, new ApplicationName("other"), true)));

    assertThat(pull(BOB, ZERO).order()).isEmpty();
  }

  @Test
  void aDeletedDocumentIsDeletedForItsReaders() {
    HybridTimestamp base = alicesPlan();
    share(with(BOB, false));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();

    server.push(base, delete("plan", T3, base));

    assertThat(pull(BOB, bobs).isTombstone("plan")).isTrue();
    assertThat(pull(BOB, ZERO).order()).isEmpty();
  }

  @Test
  void theEchoOfAReaderMakesNoCopy() {
    alicesPlan();
    share(with(BOB, false));
    Answer bobs = existingClient(BOB, ZERO);

    Answer answer =
        existingClient(BOB, bobs.clock(), edit("plan", "{'a':1}", Map.of("a", T1), bobs.clock()));

    assertThat(exists(BOB, "plan")).isFalse();
    assertThat(answer.rejections()).isEmpty();
    assertThat(answer.order()).isEmpty();
  }

  @Test
  void theEditOfAReaderIsRefusedAndTheDocumentSentBack() {
    alicesPlan();
    share(with(BOB, false));
    Answer bobs = pull(BOB, ZERO);

    Answer answer =
        sync(
            BOB,
            BOB,
            bobs.clock(),
            of(ALICE, edit("plan", "{'a':7}", Map.of("a", T3), bobs.clock())));

    assertThat(answer.rejections())
        .extracting(SyncAnswer.Rejection::code)
        .containsExactly("read_only");
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(answer.documents().get("plan").get("_owner")).isEqualTo(new JsonString("alice"));
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void theEditOfAWriterMergesInTheOwnersDocument() {
    alicesPlan();
    share(with(BOB, true));
    Answer bobs = pull(BOB, ZERO);

    sync(
        BOB,
        BOB,
        bobs.clock(),
        of(ALICE, edit("plan", "{'a':1,'b':2}", Map.of("b", T3), bobs.clock())));

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1,'b':2}"));
    assertThat(exists(BOB, "plan")).isFalse();
  }

  @Test
  void whatOneWritesWithoutAnOwnerIsOnesOwnWhateverOthersShareUnderTheKey() {
    alicesPlan();
    share(with(BOB, true));
    share(as(Visibility.PUBLIC));

    Answer answer = existingClient(BOB, ZERO, edit("plan", "{'mine':1}", Map.of("mine", T2), ZERO));

    assertThat(exists(BOB, "plan")).isTrue();
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'mine':1}"));
    assertThat(answer.warnings())
        .extracting(SyncAnswer.Warning::code)
        .doesNotContain(SyncAnswer.Warning.FORKED);
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void aFirstDocumentThatIsEqualToASharedOneIsMadeAllTheSame() {
    alicesPlan();
    share(as(Visibility.PUBLIC));

    existingClient(BOB, ZERO, edit("plan", "{'a':1}", Map.of("a", at(500, "bobs")), ZERO));

    assertThat(exists(BOB, "plan")).isTrue();
  }

  @Test
  void anEditWithoutAnOwnerOfWhatSomebodySharesIsACopyOfOnesOwnAndSaysSo() {
    alicesPlan();
    share(with(BOB, true));
    Answer bobs = existingClient(BOB, ZERO);
    HybridTimestamp edited = new HybridTimestamp(bobs.clock().millis() + 1, 0, "bobs");

    Answer answer =
        existingClient(
            BOB,
            bobs.clock(),
            edit("plan", "{'a':1,'b':2}", Map.of("a", T1, "b", edited), bobs.clock()));

    assertThat(exists(BOB, "plan")).isTrue();
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':1,'b':2}"));
    assertThat(answer.warnings())
        .containsExactly(
            new SyncAnswer.Warning(
                SyncAnswer.Warning.FORKED,
                new DocumentKey("plan"),
                Optional.of(ALICE),
                Optional.empty()));
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void theEchoOfASharedDocumentDoesNotBringBackAnOwnOneThatWasDeleted() {
    Answer own = existingClient(BOB, ZERO, edit("plan", "{'mine':1}", Map.of("mine", T1), ZERO));
    Answer gone = existingClient(BOB, own.clock(), delete("plan", at(1_500, "bobs"), own.clock()));
    server.push(ZERO, edit("plan", "{'a':1}", Map.of("a", T2), ZERO));
    share(with(BOB, false));
    Answer shared = existingClient(BOB, gone.clock());
    assertThat(shared.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));

    Answer echo =
        existingClient(
            BOB, shared.clock(), edit("plan", "{'a':1}", Map.of("a", T2), shared.clock()));

    assertThat(echo.order()).isEmpty();
    assertThat(existingClient(BOB, ZERO).documents().get("plan").get("_owner")).isNotNull();
  }

  @Test
  void aDeletionWithoutAnOwnerLeavesTheDocumentsOfOthersAlone() {
    alicesPlan();
    share(with(BOB, true));
    Answer bobs = existingClient(BOB, ZERO);

    existingClient(BOB, bobs.clock(), delete("plan", at(60_000, "bobs"), bobs.clock()));

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void aDeletionWithoutAnOwnerOfWhatSomebodySharesLeavesNothingOfOnesOwn() {
    alicesPlan();
    share(with(BOB, true));
    Answer bobs = existingClient(BOB, ZERO);

    Answer answer =
        existingClient(BOB, bobs.clock(), delete("plan", at(60_000, "bobs"), bobs.clock()));

    assertThat(exists(BOB, "plan")).isFalse();
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(answer.documents().get("plan").get("_owner")).isEqualTo(new JsonString("alice"));
    assertThat(answer.rejections()).isEmpty();
    Answer made =
        existingClient(
            BOB,
            answer.clock(),
            of(BOB, edit("plan", "{'b':1}", Map.of("b", at(70_000, "bobs")), answer.clock())));
    assertThat(made.fields("plan")).isEqualTo(Vectors.json("{'b':1}"));
  }

  @Test
  void aDeletionOfWhatIsOnesOwnIsNotTakenForThatOfACopy() {
    Answer own = existingClient(BOB, ZERO, edit("plan", "{'mine':1}", Map.of("mine", T1), ZERO));
    server.push(ZERO, edit("plan", "{'a':1}", Map.of("a", T2), ZERO));
    share(with(BOB, true));
    Answer bobs = existingClient(BOB, own.clock());

    existingClient(BOB, bobs.clock(), delete("plan", at(60_000, "bobs"), bobs.clock()));
    Answer named =
        existingClient(
            BOB, bobs.clock(), of(BOB, delete("other", at(60_000, "bobs"), bobs.clock())));

    assertThat(existingClient(BOB, ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(exists(BOB, "other")).isTrue();
    assertThat(named.rejections()).isEmpty();
  }

  @Test
  void aRefusedChangeBlocksNoOther() {
    alicesPlan();
    share(with(BOB, false));
    Answer bobs = pull(BOB, ZERO);

    Answer answer =
        sync(
            BOB,
            BOB,
            bobs.clock(),
            of(ALICE, edit("plan", "{'a':7}", Map.of("a", T3), bobs.clock())),
            of(BOB, edit("mine", "{'x':1}", Map.of("x", T3), ZERO)));

    assertThat(answer.rejections()).hasSize(1);
    assertThat(answer.order()).contains("mine");
  }

  @Test
  void pushingToWhatIsNotSharedTellsTheSameAsPushingToWhatIsNotThere() {
    alicesPlan();

    Answer secret = sync(BOB, BOB, ZERO, of(ALICE, edit("plan", "{'a':7}", Map.of("a", T3), ZERO)));
    Answer nothing =
        sync(BOB, BOB, ZERO, of(ALICE, edit("none", "{'a':7}", Map.of("a", T3), ZERO)));

    assertThat(secret.rejections())
        .extracting(SyncAnswer.Rejection::code)
        .containsExactly("revoked");
    assertThat(secret.rejections().get(0).details())
        .isEqualTo(nothing.rejections().get(0).details());
    assertThat(secret.order()).isEmpty();
    assertThat(nothing.order()).isEmpty();
  }

  @Test
  void anOwnDocumentKeepsAForeignOneOfTheSameKeyFromAnExistingClient() {
    alicesPlan();
    existingClient(BOB, ZERO, edit("plan", "{'mine':1}", Map.of("mine", T2), ZERO));
    share(with(BOB, false));

    Answer existing = existingClient(BOB, ZERO);
    Answer ours = pull(BOB, ZERO);

    assertThat(existing.fields("plan")).isEqualTo(Vectors.json("{'mine':1}"));
    assertThat(existing.order()).containsExactly("plan");
    assertThat(existing.end().withheld()).containsExactly(TestServer.id("plan"));
    assertThat(ours.order()).containsExactly("plan", "plan");
    assertThat(ours.end().withheld()).isEmpty();
  }

  @Test
  void aForeignDocumentComesToAnExistingClientWhenTheOwnOneOfTheSameKeyGoes() {
    alicesPlan();
    Answer own = existingClient(BOB, ZERO, edit("plan", "{'mine':1}", Map.of("mine", T2), ZERO));
    share(with(BOB, false));
    Answer both = existingClient(BOB, own.end().serverClock());
    assertThat(both.order()).isEmpty();

    Answer deleted =
        existingClient(BOB, both.end().serverClock(), delete("plan", T3, both.end().serverClock()));

    assertThat(deleted.order()).containsExactly("plan", "plan");
    assertThat(deleted.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
    assertThat(existingClient(BOB, deleted.end().serverClock()).order()).isEmpty();
    assertThat(existingClient(BOB, ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void namingOneselfMakesAnOwnDocumentBesideASharedOne() {
    alicesPlan();
    share(with(BOB, true));

    sync(BOB, BOB, ZERO, of(BOB, edit("plan", "{'mine':1}", Map.of("mine", T2), ZERO)));

    assertThat(exists(BOB, "plan")).isTrue();
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void onlyWhoWroteItFirstSharesIt() {
    alicesPlan();
    share(with(BOB, true));

    assertThatThrownBy(
            () ->
                server.engine().share(TODO, BOB, BOB, TestServer.id("plan"), as(Visibility.PUBLIC)))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.NOT_FOUND));
  }

  @Test
  void aReaderReadsTheHistoryAndAStrangerDoesNot() {
    alicesPlan();
    share(with(BOB, false));
    DocumentId plan = TestServer.id("plan");

    assertThat(server.engine().history(TODO, BOB, BOB, plan, Optional.empty(), 10).versions())
        .hasSize(1);
    assertThatThrownBy(
            () -> server.engine().history(TODO, CAROL, CAROL, plan, Optional.empty(), 10))
        .isInstanceOf(SyncException.class);
    HybridTimestamp version = server.pull(ZERO).revision("plan");
    assertThatThrownBy(() -> server.engine().restore(TODO, BOB, BOB, plan, version))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.FORBIDDEN));
  }

  @Test
  void theRightToADeletedDocumentIsTakenBackAndItsReaderHearsOfIt() {
    HybridTimestamp base = alicesPlan();
    share(with(BOB, true));
    HybridTimestamp bobs = pull(BOB, ZERO).clock();
    server.sync(BOB, SyncRequest.push(TASKS, bobs, List.of(of(ALICE, delete("plan", T3, bobs)))));
    assertThat(server.pull(base).isTombstone("plan")).isTrue();

    share(sharing -> sharing.without(BOB, TODO));

    assertThat(pull(BOB, bobs).documents().get("plan").get("_revoked")).isNotNull();
    HybridTimestamp later = at(9_000, "bobs");
    Change revival = edit("plan", "{'a':9}", Map.of("a", later), bobs);
    Answer refused = server.sync(BOB, SyncRequest.push(TASKS, bobs, List.of(of(ALICE, revival))));
    assertThat(refused.rejections()).extracting(SyncAnswer.Rejection::code).containsOnly("revoked");
    server.push(base, edit("plan", "{'a':8}", Map.of("a", later), base));
    assertThat(pull(BOB, ZERO).documents()).isEmpty();
  }

  @Test
  void theDeletionOfWhatNeverExistedIsNotShared() {
    server.push(ZERO, delete("plan", T1, ZERO));

    assertThatThrownBy(() -> share(with(BOB, true)))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.NOT_FOUND));
  }

  @Test
  void sharingSurvivesEditsAndRestarts() {
    HybridTimestamp base = alicesPlan();
    share(with(BOB, false));
    server.push(base, edit("plan", "{'a':2}", Map.of("a", T3), base));

    server.restart(2);

    assertThat(pull(BOB, ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':2}"));
    assertThat(
            server
                .engine()
                .indexed(TODO, ALICE, new DocumentKey("plan"), Optional.empty())
                .get(0)
                .index()
                .sharing()
                .grants())
        .extracting(Grant::user, Grant::writes, Grant::giver)
        .containsExactly(tuple(BOB, false, Optional.of(ALICE)));
  }

  @Test
  void whatIsPublicIsNotDeliveredWhereThatIsTurnedOff() {
    SyncSettings standard = SyncSettings.DEFAULT;
    TestServer quiet =
        new TestServer(
            new SyncSettings(
                standard.maxDrift(),
                standard.history(),
                standard.tombstoneRetention(),
                false,
                standard.limits()),
            CollectionDefinition.FREE_FORM);
    quiet.push(ZERO, edit("plan", "{'a':1}", Map.of("a", T1), ZERO));
    quiet.engine().share(TODO, ALICE, ALICE, TestServer.id("plan"), as(Visibility.PUBLIC));

    assertThat(quiet.sync(BOB, SyncRequest.pull(TASKS, ZERO)).order()).isEmpty();
    assertThat(
            quiet
                .engine()
                .history(TODO, BOB, BOB, TestServer.id("plan"), Optional.empty(), 10)
                .versions())
        .hasSize(1);
  }

  @Test
  void theHistoryOfAnOrganisationsDocumentIsReadUnderTheIdOfTheOrganisation() {
    Change change = edit("plan", "{'a':1}", Map.of("a", T1), ZERO);
    server.engine().sync(TODO, ALICE, ACME, SyncRequest.push(TASKS, ZERO, List.of(change)));
    DocumentId plan = new DocumentId(ACME, TASKS, new DocumentKey("plan"));
    server.engine().share(TODO, ALICE, ACME, plan, with(BOB, false));

    DocumentId named = new DocumentId(new UserId("acme"), TASKS, new DocumentKey("plan"));

    assertThat(server.engine().history(TODO, BOB, BOB, named, Optional.empty(), 10).versions())
        .isNotEmpty();
  }
}
