package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The sign-ins that are under way, in the store, so that any node can finish them. Each is known by
 * its state: when it ends, and a secret of which the store has the hash. Safe for concurrent use.
 */
final class Attempts {
  /** How long a user has. */
  static final Duration TIME = Duration.ofMinutes(10);

  /** The kind of record in the directory. */
  static final String KIND = "signin";

  private static final int PAGE = 100;
  private static final int MAX_SWEPT = 10_000;

  private final Directory directory;
  private final InstantSource time;
  private final Secrets secrets;

  Attempts(Directory directory, InstantSource time, Secrets secrets) {
    this.directory = directory;
    this.time = time;
    this.secrets = secrets;
  }

  /** A state under which an attempt can be kept. */
  String newState() {
    return String.format("%011x.%s", time.millis() + TIME.toMillis(), secrets.next());
  }

  /** Keeps an attempt. */
  void keep(String state, Attempt attempt) {
    boolean kept =
        directory.write(
            new DirectoryRecord(KIND, name(state), 1, JsonText.bytes(attempt.toJson())));
    if (!kept) {
      throw new IllegalStateException("a random state came twice");
    }
  }

  /** Takes an attempt, once. */
  Optional<Attempt> take(String state) {
    if (!state.matches("[0-9a-f]{11}\\.[A-Za-z0-9_-]{43}") || end(state) < time.millis()) {
      return Optional.empty();
    }
    return directory
        .find(KIND, name(state))
        .filter(record -> directory.remove(KIND, record.name(), record.version()))
        .map(record -> Attempt.of(parse(record)));
  }

  /**
   * Forgets attempts that nobody has finished in time.
   *
   * @return how many
   */
  int sweep() {
    int swept = 0;
    while (swept < MAX_SWEPT) {
      // names begin with the end: the oldest come first
      List<DirectoryRecord> oldest = directory.list(KIND, "", PAGE);
      int before = swept;
      for (DirectoryRecord record : oldest) {
        if (end(record.name()) < time.millis()
            && directory.remove(KIND, record.name(), record.version())) {
          swept++;
        }
      }
      if (swept == before) {
        break;
      }
    }
    return swept;
  }

  /** Forgets the attempts to link something to {@code user}, who is gone. */
  void forget(UserId user) {
    String after = "";
    List<DirectoryRecord> page;
    do {
      page = directory.list(KIND, after, PAGE);
      for (DirectoryRecord record : page) {
        after = record.name();
        if (Attempt.of(parse(record)).linkTo().equals(Optional.of(user))) {
          directory.remove(KIND, record.name(), record.version());
        }
      }
    } while (page.size() == PAGE);
  }

  private static String name(String state) {
    return state.substring(0, 12) + Secrets.hash(state.substring(12));
  }

  private static long end(String name) {
    return Long.parseLong(name.substring(0, 11), 16);
  }

  private static JsonObject parse(DirectoryRecord record) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonFormatException e) {
      // told below
    }
    throw new IllegalStateException("a record of a sign-in is damaged");
  }
}
