package dev.landfall.webapp.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.webapp.session.Secret;
import dev.landfall.webapp.session.Users;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class AccountsTest {
  private static final int ROUNDS = 200;

  private final Directory directory = SignInFixture.memory();
  private final Accounts accounts = over(directory, "the secret");

  private static Accounts over(Directory directory, String secret) {
    return new Accounts(
        directory,
        new AccountIds(new Secret(secret.getBytes(StandardCharsets.UTF_8))),
        new DeletedUsers(directory, () -> Instant.EPOCH),
        () -> Instant.EPOCH);
  }

  private static ExternalAccount account(String provider, String subject) {
    return new ExternalAccount(provider, subject, Optional.empty(), Optional.empty());
  }

  /** Runs all at once; a failure counts as its problem. */
  private static List<Object> atOnce(List<Callable<Object>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      List<Object> results = new ArrayList<>();
      for (Future<Object> future : threads.invokeAll(calls)) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          results.add(((SignInException) e.getCause()).problem());
        }
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theFirstSignInOnSeveralNodesAtOnceMakesOneUser() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      ExternalAccount account = account("google", "s" + i);
      List<Callable<Object>> calls = new ArrayList<>();
      for (int j = 0; j < 4; j++) {
        calls.add(() -> over(directory, "the secret").signIn(account).id());
      }

      assertThat(new HashSet<>(atOnce(calls))).hasSize(1);
    }
    assertThat(directory.list(Users.KIND, "", 1_000)).hasSize(ROUNDS);
  }

  @Test
  void anEmptiedDatabaseGivesPeopleTheIdsTheyHad() {
    UserId alice = accounts.signIn(account("google", "s")).id();

    Accounts emptied = over(SignInFixture.memory(), "the secret");

    assertThat(emptied.signIn(account("google", "s")).id()).isEqualTo(alice);
    assertThat(emptied.signIn(account("google", "t")).id()).isNotEqualTo(alice);
    assertThat(emptied.signIn(account("github", "s")).id()).isNotEqualTo(alice);
    assertThat(UUID.fromString(alice.value()).version()).isEqualTo(8);
  }

  @Test
  void anIdIsKeptUnderANewSecretAndCannotBeMadeWithoutTheOldOne() {
    UserId alice = accounts.signIn(account("google", "s")).id();

    assertThat(over(directory, "another").signIn(account("google", "s")).id()).isEqualTo(alice);
    assertThat(over(SignInFixture.memory(), "another").signIn(account("google", "s")).id())
        .isNotEqualTo(alice);
  }

  @Test
  void whoeverHasAnIdFromBeforeKeepsIt() {
    UserId alice = new UserId("0b0f5f3e-7d62-4a55-a1a5-000000000001");
    ExternalAccount account = account("google", "s");
    directory.write(UserRecord.of(alice, account, 0).next());
    directory.write(
        new DirectoryRecord(
            Accounts.KIND,
            "google/s",
            1,
            JsonText.bytes(
                ProviderServer.json("{'userId': '" + alice.value() + "', 'linkedAt': 0}"))));

    assertThat(accounts.signIn(account).id()).isEqualTo(alice);
  }

  @Test
  void aDeviceThatWasQuickerThanItsUserDoesNotTakeTheId() {
    UserId alice = accounts.signIn(account("google", "s")).id();
    Directory emptied = SignInFixture.memory();
    new Users(emptied, () -> Instant.EPOCH)
        .seen(alice, Optional.empty(), Optional.empty(), List.of("google"));

    UserRecord anew = over(emptied, "the secret").signIn(account("google", "s"));

    assertThat(anew.id()).isEqualTo(alice);
    assertThat(anew.providers()).containsExactly("google");
  }

  @Test
  void aSignInThatWasCutShortIsCompletedByTheNext() {
    UserId alice = accounts.signIn(account("google", "s")).id();
    DirectoryRecord link = directory.find(Accounts.KIND, "google/s").orElseThrow();
    directory.remove(Accounts.KIND, link.name(), link.version());

    assertThat(accounts.signIn(account("google", "s")).id()).isEqualTo(alice);
    assertThat(directory.list(Users.KIND, "", 10)).hasSize(1);
  }

  @Test
  void ofTwoUnlinksAtOnceOneIsRefused() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      UserId alice = accounts.signIn(account("google", "s" + i)).id();
      accounts.link(alice, account("github", "s" + i));

      List<Object> results =
          atOnce(
              List.of(
                  () -> accounts.unlink(alice, "google").providers().size(),
                  () -> accounts.unlink(alice, "github").providers().size()));

      assertThat(results).containsExactlyInAnyOrder(1, SignInProblem.LAST_PROVIDER);
    }
  }

  @Test
  void anAccountThatTwoUsersLinkAtOnceBelongsToOne() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      UserId alice = accounts.signIn(account("google", "a" + i)).id();
      UserId bob = accounts.signIn(account("google", "b" + i)).id();
      ExternalAccount wanted = account("github", "s" + i);

      List<Object> results =
          atOnce(
              List.of(
                  () -> accounts.link(alice, wanted).id(), () -> accounts.link(bob, wanted).id()));

      UserId owner = accounts.signIn(wanted).id();
      assertThat(results).containsOnlyOnce(SignInProblem.ALREADY_LINKED).contains(owner);
      assertThat(providers(owner)).hasSize(2);
      assertThat(providers(owner.equals(alice) ? bob : alice)).hasSize(1);
    }
  }

  private List<String> providers(UserId user) {
    return UserRecord.of(directory.find(Users.KIND, user.value()).orElseThrow()).providers();
  }

  @Test
  void anAccountThatWasUnlinkedOpensNobodysData() {
    UserId alice = accounts.signIn(account("google", "s")).id();
    accounts.link(alice, account("github", "s"));
    accounts.unlink(alice, "google");

    UserId next = accounts.signIn(account("google", "s")).id();

    assertThat(next).isNotEqualTo(alice);
    assertThatThrownBy(() -> accounts.link(alice, account("google", "s")))
        .isInstanceOf(SignInException.class);
  }

  @Test
  void anUnlinkThatWasCutShortIsAnUnlink() {
    UserId alice = accounts.signIn(account("google", "s")).id();
    UserRecord linked = accounts.link(alice, account("github", "s"));
    DirectoryRecord stored = directory.find(Users.KIND, alice.value()).orElseThrow();
    assertThat(directory.write(UserRecord.of(stored).without("google").next())).isTrue();

    assertThat(linked.providers()).hasSize(2);
    assertThat(accounts.signIn(account("google", "s")).id()).isNotEqualTo(alice);
    assertThat(accounts.signIn(account("github", "s")).id()).isEqualTo(alice);
  }

  @Test
  void whatOthersKeepInTheRecordOfAUserStays() {
    UserId alice = new UserId("alice");
    directory.write(
        new DirectoryRecord(
            Users.KIND,
            "alice",
            1,
            JsonText.bytes(
                ProviderServer.json(
                    "{'providers': ['dev'], 'name': 'A', 'email': null, 'other': 'x'}"))));

    UserRecord linked = accounts.link(alice, account("github", "s"));

    assertThat(linked.content().get("other")).isEqualTo(new JsonString("x"));
    assertThat(linked.providers()).containsExactly("dev", "github");
    assertThat(accounts.unlink(alice, "github").providers()).containsExactly("dev");
  }

  @Test
  void lookAlikesAreDifferentAccounts() {
    Set<UserId> users = new HashSet<>();
    for (String subject : List.of("a", "a/b", "A", "a%2Fb", "a ", "..")) {
      users.add(accounts.signIn(account("corp", subject)).id());
    }

    assertThat(users).hasSize(6);
  }
}
