package dev.landfall.webapp.signin;

import dev.landfall.api.Bytes;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The sign-ins that are under way. To begin one stores nothing, or anybody could fill the database:
 * all of it travels, sealed, in the state that the provider gives back, so that any node can finish
 * it. What is stored is that one has come back, once. Safe for concurrent use.
 */
final class Attempts {
  /** How long a user has. */
  static final Duration TIME = Duration.ofMinutes(10);

  /** The kind of record in the directory. */
  static final String KIND = "signin";

  private static final String END = "end";
  private static final int MAX_STATE = 8 * 1024;
  private static final int PAGE = 100;
  private static final int MAX_SWEPT = 10_000;
  private static final Bytes NOTHING = JsonText.bytes(JsonObject.EMPTY);

  private final Directory directory;
  private final InstantSource time;
  private final Sealed sealed;

  Attempts(Directory directory, InstantSource time, Sealed sealed) {
    this.directory = directory;
    this.time = time;
    this.sealed = sealed;
  }

  /**
   * An attempt that has come back.
   *
   * @param begunAt in seconds since the Unix epoch
   */
  record Taken(Attempt attempt, long begunAt) {}

  /** The state of an attempt, which ends in {@link #TIME}. */
  String state(Attempt attempt) {
    JsonObject.Builder all = JsonObject.builder();
    attempt.toJson().members().forEach(all::put);
    all.put(END, time.millis() + TIME.toMillis());
    return sealed.seal(JsonText.bytes(all.build()).toArray());
  }

  /**
   * Takes an attempt with a provider, once.
   *
   * @return empty if it is none of ours, is of another provider, has been taken or is over
   */
  Optional<Taken> take(String state, String provider) {
    Optional<JsonObject> opened =
        state.length() > MAX_STATE ? Optional.empty() : sealed.open(state).flatMap(Attempts::parse);
    if (opened.isEmpty() || !(opened.get().get(END) instanceof JsonNumber number)) {
      return Optional.empty();
    }
    long end = number.value().longValueExact();
    Attempt attempt = Attempt.of(opened.get());
    if (end < time.millis() || !attempt.provider().equals(provider)) {
      return Optional.empty();
    }
    DirectoryRecord taken = new DirectoryRecord(KIND, name(end, attempt), 1, NOTHING);
    return directory.write(taken)
        ? Optional.of(new Taken(attempt, (end - TIME.toMillis()) / 1_000))
        : Optional.empty();
  }

  /**
   * Forgets attempts that could not come back any more.
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

  /** By what is in the state: several texts may open as the same. */
  private static String name(long end, Attempt attempt) {
    return String.format("%011x.%s", end, Secrets.hash(attempt.nonce()));
  }

  private static long end(String name) {
    return Long.parseLong(name.substring(0, 11), 16);
  }

  private static Optional<JsonObject> parse(byte[] text) {
    try {
      return JsonText.parse(text) instanceof JsonObject object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JsonFormatException e) {
      throw new IllegalStateException("what was sealed here is damaged", e);
    }
  }
}
