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
import dev.landfall.engine.people.Account;
import dev.landfall.engine.people.EmailAddress;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The records of users. Each user has one from the first request on. Safe for concurrent use. */
public final class Users {
  /** The kind of record in the directory. */
  public static final String KIND = "user";

  /** By provider, the address that it has verified. */
  private static final String ADDRESSES = "addresses";

  private static final int MAX_KNOWN = 100_000;

  private final Directory directory;
  private final InstantSource time;

  /** Whom this node has seen, with the address that another issuer has verified last. */
  private final RecentlySeen<UserId, Optional<EmailAddress>> known = new RecentlySeen<>(MAX_KNOWN);

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

  /**
   * Keeps the address that another issuer has verified.
   *
   * @return whether it is a new one
   */
  boolean learned(Session session) {
    Optional<EmailAddress> address =
        session.addressVerified() ? session.email().flatMap(Users::address) : Optional.empty();
    Optional<EmailAddress> before = known.get(session.user());
    if (address.isEmpty() || address.equals(before)) {
      return false;
    }
    boolean isNew = verified(session.user(), session.providers().get(0), address);
    known.put(session.user(), address);
    return isNew;
  }

  /**
   * Keeps which address of a user a provider has verified, in place of what it said before.
   *
   * @return whether that is new; not if the user has no record
   */
  boolean verified(UserId user, String provider, Optional<EmailAddress> address) {
    while (true) {
      Optional<DirectoryRecord> record = directory.find(KIND, user.value());
      if (record.isEmpty()) {
        return false;
      }
      JsonObject content = content(record.get());
      JsonObject next = withAddress(content, provider, address);
      if (next.equals(content)) {
        return false;
      }
      if (directory.write(
          new DirectoryRecord(
              KIND, user.value(), record.get().version() + 1, JsonText.bytes(next)))) {
        return true;
      }
    }
  }

  /** The record of a user, in which a provider has verified another address than before. */
  public static JsonObject withAddress(
      JsonObject content, String provider, Optional<EmailAddress> address) {
    Map<String, JsonValue> addresses =
        content.get(ADDRESSES) instanceof JsonObject before
            ? new LinkedHashMap<>(before.members())
            : new LinkedHashMap<>();
    if (address.isPresent()) {
      addresses.put(provider, new JsonString(address.get().value()));
    } else {
      addresses.remove(provider);
    }
    Map<String, JsonValue> members = new LinkedHashMap<>(content.members());
    if (addresses.isEmpty()) {
      members.remove(ADDRESSES);
    } else {
      members.put(ADDRESSES, JsonObject.of(addresses));
    }
    return JsonObject.of(members);
  }

  /** An address, if it is one that we can compare. */
  public static Optional<EmailAddress> address(String text) {
    try {
      return Optional.of(new EmailAddress(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What is known of a user by the way they sign in; nothing if the account is gone. */
  public Optional<Account> account(UserId user) {
    return stored(user)
        .map(
            content -> {
              Set<EmailAddress> addresses = new LinkedHashSet<>();
              if (content.get(ADDRESSES) instanceof JsonObject verified) {
                verified
                    .members()
                    .values()
                    .forEach(
                        value -> address(((JsonString) value).value()).ifPresent(addresses::add));
              }
              return new Account(
                  content.get("name") instanceof JsonString name
                      ? Optional.of(name.value())
                      : Optional.empty(),
                  addresses);
            });
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
    known.put(user, Optional.empty());
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
    return directory.find(KIND, user.value()).map(Users::content);
  }

  private static JsonObject content(DirectoryRecord record) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject content) {
        return content;
      }
    } catch (JsonFormatException e) {
      throw new IllegalStateException("the record of a user is damaged", e);
    }
    throw new IllegalStateException("the record of a user is damaged");
  }

  static JsonValue orNull(Optional<String> text) {
    return text.<JsonValue>map(JsonString::new).orElse(JsonNull.NULL);
  }
}
