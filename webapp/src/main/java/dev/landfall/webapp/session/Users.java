package dev.landfall.webapp.session;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The records of users. Each user has one from the first request on. Safe for concurrent use. */
public final class Users {
  /** The kind of record in the directory. */
  public static final String KIND = "user";

  private static final int MAX_KNOWN = 100_000;

  private final Directory directory;
  private final InstantSource time;
  private final RecentlySeen<UserId, Boolean> known = new RecentlySeen<>(MAX_KNOWN);

  /** The users in {@code directory}. */
  public Users(Directory directory, InstantSource time) {
    this.directory = directory;
    this.time = time;
  }

  /**
   * Makes the record of a user who has none yet.
   *
   * @return whether it was made
   */
  boolean seen(Session session) {
    return seen(session.user(), session.email(), Optional.empty(), session.providers());
  }

  /** The record of a user may be gone. */
  void lookAgain(UserId user) {
    known.remove(user);
  }

  /** Whether a user has a record. */
  public boolean isThere(UserId user) {
    return directory.find(KIND, user.value()).isPresent();
  }

  /**
   * Makes the record of a user who has none yet.
   *
   * @return whether it was made
   */
  public boolean seen(
      UserId user, Optional<String> email, Optional<String> name, List<String> providers) {
    if (known.get(user) != null) {
      return false;
    }
    boolean made = false;
    if (directory.find(KIND, user.value()).isEmpty()) {
      JsonObject content =
          JsonObject.builder()
              .put("email", orNull(email))
              .put("name", orNull(name))
              .put(
                  "providers",
                  new JsonArray(providers.stream().<JsonValue>map(JsonString::new).toList()))
              .put("createdAt", time.millis())
              .build();
      made = directory.write(new DirectoryRecord(KIND, user.value(), 1, JsonText.bytes(content)));
    }
    known.put(user, Boolean.TRUE);
    return made;
  }

  /** Removes the record of a user who is gone. */
  public void remove(UserId user) {
    known.remove(user);
    for (Optional<DirectoryRecord> record = directory.find(KIND, user.value());
        record.isPresent() && !directory.remove(KIND, user.value(), record.get().version()); ) {
      record = directory.find(KIND, user.value()); // it has just been changed
    }
  }

  /** What is stored of a user; nothing if the account is gone. */
  public Optional<JsonObject> stored(UserId user) {
    Optional<DirectoryRecord> record = directory.find(KIND, user.value());
    try {
      return record.isPresent()
              && JsonText.parse(record.get().content().toArray()) instanceof JsonObject content
          ? Optional.of(content)
          : Optional.empty();
    } catch (JsonFormatException e) {
      throw new IllegalStateException("the record of a user is damaged", e);
    }
  }

  static JsonValue orNull(Optional<String> text) {
    return text.<JsonValue>map(JsonString::new).orElse(JsonNull.NULL);
  }
}
