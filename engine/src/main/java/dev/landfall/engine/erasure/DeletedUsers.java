package dev.landfall.engine.erasure;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is gone, by a hash of the id, as long as somebody may hold a token of theirs. Nothing is
 * remembered here, so that every node obeys a deletion at once. Safe for concurrent use.
 *
 * <p>Sessions are told apart by their beginning, in whole seconds since the Unix epoch: one that
 * began up to the deletion is over, one that began later is that of a new account of the same id.
 */
public final class DeletedUsers {
  /** The kind of record; its name is the hash. */
  static final String KIND = "deletedUser";

  /** How far the clocks of two server nodes may be apart. */
  static final long MARGIN_SECONDS = 5;

  private static final int PAGE = 500;
  private static final int MAX_ATTEMPTS = 100;

  private final Directory directory;
  private final InstantSource time;

  /** Those in {@code directory}. */
  public DeletedUsers(Directory directory, InstantSource time) {
    this.directory = directory;
    this.time = time;
  }

  /** Up to when sessions of {@code user} are over; empty if the user has not been deleted. */
  public OptionalLong deletedAt(UserId user) {
    Optional<DirectoryRecord> record = directory.find(KIND, name(user));
    return record.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Content.number(record.get(), "deletedAt"));
  }

  /**
   * Finds that a session is not one of a deleted user.
   *
   * @param since when the session began, in seconds since the Unix epoch
   * @return when the user was deleted before that session began; empty if never
   * @throws SyncException if it is one
   */
  public OptionalLong check(UserId user, long since) {
    OptionalLong deletedAt = deletedAt(user);
    if (deletedAt.isPresent()) {
      if (since <= deletedAt.getAsLong()) {
        throw new SyncException(SyncProblem.UNAUTHORIZED, "The account has been deleted");
      }
      if (Erasures.isUnderWay(directory, user)) {
        throw new SyncException(
            SyncProblem.UNAVAILABLE, "the account of this name is still being deleted");
      }
    }
    return deletedAt;
  }

  /**
   * When a session that begins now begins: later than a deletion in the same second.
   *
   * @return in seconds since the Unix epoch, a few ahead of now just after a deletion
   */
  public long beginning(UserId user) {
    long now = time.millis() / 1_000;
    return Math.max(now, deletedAt(user).orElse(now - 1) + 1);
  }

  /**
   * Marks a user as deleted; on every node from now on.
   *
   * @param deletedAt up to when sessions are over, in seconds since the Unix epoch
   * @param until when the last of their tokens ends
   */
  void mark(UserId user, long deletedAt, long until) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<DirectoryRecord> stored = directory.find(KIND, name(user));
      long version = stored.map(DirectoryRecord::version).orElse(0L);
      long last = stored.map(record -> Content.number(record, "deletedAt")).orElse(-1L);
      long end = stored.map(record -> Content.number(record, "until")).orElse(-1L);
      if (last >= deletedAt && end >= until) {
        return;
      }
      JsonObject content =
          JsonObject.builder()
              .put("deletedAt", Math.max(last, deletedAt))
              .put("until", Math.max(end, until))
              .build();
      if (directory.write(
          new DirectoryRecord(KIND, name(user), version + 1, JsonText.bytes(content)))) {
        return;
      }
    }
    throw new SyncException(SyncProblem.UNAVAILABLE, "too many changes at the same time");
  }

  /**
   * Forgets users of whom nobody can hold a token any more.
   *
   * @return how many
   */
  public int sweep() {
    int swept = 0;
    String after = "";
    List<DirectoryRecord> page;
    do {
      page = directory.list(KIND, after, PAGE);
      for (DirectoryRecord record : page) {
        after = record.name();
        if (Content.number(record, "until") < time.millis() / 1_000
            && directory.remove(KIND, record.name(), record.version())) {
          swept++;
        }
      }
    } while (page.size() == PAGE);
    return swept;
  }

  private static String name(UserId user) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(user.value().getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
