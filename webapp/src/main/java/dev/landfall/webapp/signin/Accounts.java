package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.session.Users;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Which account at a provider belongs to which user. Safe for concurrent use by several nodes.
 *
 * <p>An account belongs to a user if both say so: the account's own record, unique by provider and
 * subject, names the user, and the user's record lists the account. Whoever is interrupted between
 * the two leaves an account that belongs to nobody and that the next one takes over.
 */
final class Accounts {
  /** The kind of record of an account; its name is {@code provider/subject}. */
  static final String KIND = "account";

  private static final int MAX_ATTEMPTS = 20;
  private static final int PAGE = 1_000;

  private final Directory directory;
  private final AccountIds ids;
  private final DeletedUsers deleted;
  private final InstantSource time;

  /**
   * The accounts in {@code directory}.
   *
   * @param ids of those who are new
   * @param deleted whose ids are never given again
   */
  Accounts(Directory directory, AccountIds ids, DeletedUsers deleted, InstantSource time) {
    this.directory = directory;
    this.ids = ids;
    this.deleted = deleted;
    this.time = time;
  }

  /** The user to whom an account belongs, who is a new one if there is none. */
  UserRecord signIn(ExternalAccount account) {
    return untilNobodyInterferes(
        () -> {
          Optional<DirectoryRecord> link = link(account);
          Optional<UserRecord> owner = link.flatMap(found -> owner(found, account));
          return owner.isPresent()
              ? Optional.of(described(owner.get(), account))
              : newUser(account, link);
        });
  }

  /**
   * Makes the user to whom an account belongs from now on. The id follows from the account, so that
   * a database that was emptied gives the same, unless it was an erased user's or is another's by
   * now: of somebody who has given the account up and kept the rest.
   */
  private Optional<UserRecord> newUser(ExternalAccount account, Optional<DirectoryRecord> link) {
    UserId own = ids.of(account);
    Optional<UserRecord> there = find(own);
    boolean free =
        !deleted.wasErased(own)
            && there.map(user -> user.has(account) || !user.hasAccounts()).orElse(true);
    UserRecord user =
        free && there.isPresent()
            ? there.get().with(account).described(account)
            : UserRecord.of(
                free ? own : new UserId(UUID.randomUUID().toString()), account, time.millis());
    if (!directory.write(user.next())) {
      return Optional.empty();
    }
    boolean erased = free && deleted.wasErased(own); // it may have been meanwhile
    if (!erased && write(account, link.map(DirectoryRecord::version).orElse(0L) + 1, user.id())) {
      return Optional.of(user);
    }
    if (erased || user.version() == 0) {
      directory.remove(Users.KIND, user.id().value(), user.version() + 1);
    }
    return Optional.empty();
  }

  /** Keeps what is new of address and name; if somebody interferes, the next sign-in does. */
  private UserRecord described(UserRecord user, ExternalAccount account) {
    UserRecord described = user.described(account);
    return !described.content().equals(user.content()) && directory.write(described.next())
        ? described
        : user;
  }

  /**
   * Adds an account to a user.
   *
   * @throws SignInException if it belongs to somebody else, or the user has another of the provider
   */
  UserRecord link(UserId user, ExternalAccount account) {
    return untilNobodyInterferes(
        () -> {
          UserRecord record =
              find(user)
                  .orElseThrow(
                      () -> new SignInException(SignInProblem.INVALID_STATE, "the user is gone"));
          Optional<DirectoryRecord> link = link(account);
          boolean another = record.subject(account.provider()).isPresent() && !record.has(account);
          boolean somebodyElses =
              link.flatMap(found -> owner(found, account))
                  .filter(owner -> !owner.id().equals(user))
                  .isPresent();
          if (another || somebodyElses) {
            throw new SignInException(SignInProblem.ALREADY_LINKED, "linked already");
          }
          return linked(record, account, link);
        });
  }

  /**
   * Writes that the account is the user's, then that the user has it, then the first again: whoever
   * has seen the account when nobody had it cannot take it over after that.
   */
  private Optional<UserRecord> linked(
      UserRecord record, ExternalAccount account, Optional<DirectoryRecord> link) {
    UserId user = record.id();
    boolean mine = link.filter(found -> user(found).equals(user)).isPresent();
    long version = link.map(DirectoryRecord::version).orElse(0L);
    if (!mine && !write(account, ++version, user)) {
      return Optional.empty();
    }
    UserRecord linked = record.with(account).described(account);
    if (!directory.write(linked.next())) {
      return Optional.empty();
    }
    if (write(account, version + 1, user)) {
      return Optional.of(linked);
    }
    if (link(account).filter(found -> user(found).equals(user)).isEmpty()) {
      unlist(user, account);
    }
    return Optional.empty();
  }

  /**
   * Takes a provider from a user.
   *
   * @return the user as he is now
   * @throws SyncException if he has no account there
   * @throws SignInException if it is his last
   */
  UserRecord unlink(UserId user, String provider) {
    return untilNobodyInterferes(
        () -> {
          UserRecord record =
              find(user)
                  .filter(found -> found.subject(provider).isPresent())
                  .orElseThrow(
                      () -> new SyncException(SyncProblem.NOT_FOUND, "There is no such link"));
          if (record.providers().size() < 2) {
            throw new SignInException(SignInProblem.LAST_PROVIDER, "the last provider");
          }
          Optional<DirectoryRecord> link =
              directory
                  .find(KIND, name(provider, record.subject(provider).orElseThrow()))
                  .filter(found -> user(found).equals(user));
          UserRecord rest = record.without(provider);
          if (!directory.write(rest.next())) {
            return Optional.empty();
          }
          // as it was before: not one that has been made meanwhile
          link.ifPresent(found -> directory.remove(KIND, found.name(), found.version()));
          return Optional.of(rest);
        });
  }

  /** Whether a user has a record. */
  boolean isThere(UserId user) {
    return find(user).isPresent();
  }

  /** Removes every account that names {@code user}, who is gone. */
  void forget(UserId user) {
    String after = "";
    List<DirectoryRecord> page;
    do {
      page = directory.list(KIND, after, PAGE);
      for (DirectoryRecord link : page) {
        after = link.name();
        if (user(link).equals(user)) {
          directory.remove(KIND, link.name(), link.version());
        }
      }
    } while (page.size() == PAGE);
  }

  private void unlist(UserId user, ExternalAccount account) {
    untilNobodyInterferes(
        () -> {
          Optional<UserRecord> record = find(user).filter(found -> found.has(account));
          return record.isEmpty()
                  || directory.write(record.get().without(account.provider()).next())
              ? Optional.of(user)
              : Optional.empty();
        });
  }

  private Optional<UserRecord> find(UserId user) {
    return directory.find(Users.KIND, user.value()).map(UserRecord::of);
  }

  private Optional<DirectoryRecord> link(ExternalAccount account) {
    return directory.find(KIND, name(account.provider(), account.subject()));
  }

  private Optional<UserRecord> owner(DirectoryRecord link, ExternalAccount account) {
    return find(user(link)).filter(user -> user.has(account));
  }

  /** Writes the account's record, if it is still at the version before. */
  private boolean write(ExternalAccount account, long version, UserId user) {
    JsonObject content =
        JsonObject.builder().put("userId", user.value()).put("linkedAt", time.millis()).build();
    return directory.write(
        new DirectoryRecord(
            KIND, name(account.provider(), account.subject()), version, JsonText.bytes(content)));
  }

  /** The names of providers have no slash. */
  private static String name(String provider, String subject) {
    return provider + "/" + subject;
  }

  private static UserId user(DirectoryRecord link) {
    try {
      if (JsonText.parse(link.content().toArray()) instanceof JsonObject content
          && content.get("userId") instanceof JsonString user) {
        return new UserId(user.value());
      }
    } catch (JsonFormatException e) {
      // told below
    }
    throw new IllegalStateException("the record of an account is damaged");
  }

  private static <T> T untilNobodyInterferes(Supplier<Optional<T>> step) {
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      Optional<T> result = step.get();
      if (result.isPresent()) {
        return result.get();
      }
    }
    throw new SyncException(SyncProblem.UNAVAILABLE, "too many changes at the same time");
  }
}
