package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.webapp.session.Users;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is stored of a user: among other things the names of his providers, and under {@code
 * accounts} who he is at each. Members that others have put there stay.
 *
 * @param version 0 before it is stored
 */
record UserRecord(UserId id, long version, JsonObject content) {
  private static final String ACCOUNTS = "accounts";
  private static final String PROVIDERS = "providers";
  private static final String EMAIL = "email";
  private static final String NAME = "name";

  /** Somebody who has just signed in for the first time. */
  static UserRecord of(UserId id, ExternalAccount account, long now) {
    JsonObject content =
        JsonObject.builder()
            .put(EMAIL, JsonNull.NULL)
            .put(NAME, JsonNull.NULL)
            .put(PROVIDERS, JsonArray.EMPTY)
            .put("createdAt", now)
            .build();
    return new UserRecord(id, 0, content).with(account).described(account);
  }

  static UserRecord of(DirectoryRecord record) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject content) {
        return new UserRecord(new UserId(record.name()), record.version(), content);
      }
    } catch (JsonFormatException e) {
      // told below
    }
    throw new IllegalStateException("the record of a user is damaged");
  }

  /** The record that comes after the stored one. */
  DirectoryRecord next() {
    return new DirectoryRecord(Users.KIND, id.value(), version + 1, JsonText.bytes(content));
  }

  Optional<String> email() {
    return text(EMAIL);
  }

  Optional<String> name() {
    return text(NAME);
  }

  /** By what the user can sign in. */
  List<String> providers() {
    return content.get(PROVIDERS) instanceof JsonArray names
        ? names.values().stream()
            .filter(JsonString.class::isInstance)
            .map(name -> ((JsonString) name).value())
            .toList()
        : List.of();
  }

  /** Who the user is at a provider. */
  Optional<String> subject(String provider) {
    return content.get(ACCOUNTS) instanceof JsonObject accounts
            && accounts.get(provider) instanceof JsonString subject
        ? Optional.of(subject.value())
        : Optional.empty();
  }

  /** Whether the account is one of this user. */
  boolean has(ExternalAccount account) {
    return subject(account.provider()).filter(account.subject()::equals).isPresent();
  }

  /** Whether the user has any account at a provider: not, if only a session has been seen. */
  boolean hasAccounts() {
    return content.get(ACCOUNTS) instanceof JsonObject accounts && !accounts.members().isEmpty();
  }

  UserRecord with(ExternalAccount account) {
    Map<String, JsonValue> accounts = accounts();
    accounts.put(account.provider(), new JsonString(account.subject()));
    List<String> providers = new ArrayList<>(providers());
    if (!providers.contains(account.provider())) {
      providers.add(account.provider());
    }
    return changed(accounts, providers);
  }

  UserRecord without(String provider) {
    Map<String, JsonValue> accounts = accounts();
    accounts.remove(provider);
    List<String> providers = new ArrayList<>(providers());
    providers.remove(provider);
    UserRecord rest = changed(accounts, providers);
    return new UserRecord(
        id, version, Users.withAddress(rest.content(), provider, Optional.empty()));
  }

  /** With address and name, where it has none, and the address that the provider verifies now. */
  UserRecord described(ExternalAccount account) {
    Map<String, JsonValue> members = new LinkedHashMap<>(content.members());
    if (email().isEmpty()) {
      account.email().ifPresent(email -> members.put(EMAIL, new JsonString(email)));
    }
    if (name().isEmpty()) {
      account.name().ifPresent(name -> members.put(NAME, new JsonString(name)));
    }
    return new UserRecord(
        id,
        version,
        Users.withAddress(
            JsonObject.of(members), account.provider(), account.email().flatMap(Users::address)));
  }

  private UserRecord changed(Map<String, JsonValue> accounts, List<String> providers) {
    Map<String, JsonValue> members = new LinkedHashMap<>(content.members());
    members.put(ACCOUNTS, JsonObject.of(accounts));
    members.put(
        PROVIDERS, new JsonArray(providers.stream().<JsonValue>map(JsonString::new).toList()));
    return new UserRecord(id, version, JsonObject.of(members));
  }

  private Map<String, JsonValue> accounts() {
    return content.get(ACCOUNTS) instanceof JsonObject accounts
        ? new LinkedHashMap<>(accounts.members())
        : new LinkedHashMap<>();
  }

  private Optional<String> text(String name) {
    return content.get(name) instanceof JsonString text
        ? Optional.of(text.value())
        : Optional.empty();
  }
}
