package dev.landfall.webapp.settings;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.transit.TransitTags;
import dev.landfall.webapp.atom.AtomSettings;
import dev.landfall.webapp.atom.AtomUser;
import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.session.UserIds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads what is configured for Transit clients. */
final class AtomReader {
  private static final Set<String> MEMBERS = Set.of("token", "applications", "groups");

  private static final String ALLOWED =
      "allowed is a JSON object such as"
          + " {\"alice\": {\"token\": \"<SHA-256 of the token, in hex>\", \"applications\": [\"notes\"],"
          + " \"groups\": [\"todo\"]}}";

  private final Function<String, Optional<String>> values;
  private final List<String> errors;

  AtomReader(Function<String, Optional<String>> values, List<String> errors) {
    this.values = values;
    this.errors = errors;
  }

  AtomSettings read(List<ApplicationDefinition> applications) {
    Optional<String> given = value(SettingKey.ATOM_APPLICATION);
    Optional<ApplicationName> application =
        given.flatMap(
            name ->
                applications.stream()
                    .map(ApplicationDefinition::name)
                    .filter(one -> one.value().equals(name))
                    .findFirst());
    if (given.isPresent() && application.isEmpty()) {
      Set<String> names = new TreeSet<>();
      applications.forEach(one -> names.add(one.name().value()));
      errors.add(
          SettingKey.ATOM_APPLICATION.key()
              + ": '"
              + LogText.of(given.get())
              + "' was given; allowed is one of "
              + String.join(", ", names));
    }
    return new AtomSettings(
        application,
        value(SettingKey.ATOM_USERS).map(text -> users(text, applications)).orElse(List.of()),
        value(SettingKey.ATOM_TAGS).map(this::tags).orElse(TransitTags.OF_TRANSIT_ONLY));
  }

  private TransitTags tags(String text) {
    Set<String> tags = new LinkedHashSet<>();
    for (String item : text.split(",", -1)) {
      String tag = item.strip();
      try {
        tags.addAll(new TransitTags(tag.isEmpty() ? Set.of() : Set.of(tag)).ofApplications());
      } catch (IllegalArgumentException e) {
        errors.add(
            SettingKey.ATOM_TAGS.key()
                + ": '"
                + LogText.of(tag)
                + "' was given; allowed are tags without ~#, of two visible characters at least,"
                + " with commas between: point, my-app/money");
      }
    }
    return new TransitTags(tags);
  }

  private Optional<String> value(SettingKey key) {
    return values.apply(key.key()).map(String::strip).filter(value -> !value.isEmpty());
  }

  private List<AtomUser> users(String text, List<ApplicationDefinition> applications) {
    List<AtomUser> users = new ArrayList<>();
    try {
      if (JsonText.parse(text) instanceof JsonObject given) {
        Set<String> hashes = new HashSet<>();
        for (Map.Entry<String, JsonValue> entry : given.members().entrySet()) {
          user(entry.getKey(), entry.getValue(), applications)
              .ifPresent(
                  user -> {
                    users.add(user);
                    if (!hashes.add(user.hash())) {
                      wrong(entry.getKey(), "has the token of another user");
                    }
                  });
        }
        return users;
      }
    } catch (JsonFormatException e) {
      // told below
    }
    errors.add(SettingKey.ATOM_USERS.key() + ": what was given is something else; " + ALLOWED);
    return users;
  }

  private Optional<AtomUser> user(
      String name, JsonValue value, List<ApplicationDefinition> applications) {
    if (name.isBlank() || !(value instanceof JsonObject user)) {
      wrong(name, "is no user");
      return Optional.empty();
    }
    String hash = user.get("token") instanceof JsonString token ? token.value() : "";
    if (!hash.matches("[0-9a-f]{64}")) {
      wrong(name, "has a token that is not the SHA-256 of one, in 64 lower-case hex digits");
    }
    Set<CollectionName> groups = new LinkedHashSet<>();
    if (user.get("groups") instanceof JsonArray given) {
      for (JsonValue group : given.values()) {
        groups.addAll(group(name, group));
      }
    } else {
      wrong(name, "has no list of groups");
    }
    Set<ApplicationName> named = new LinkedHashSet<>();
    if (user.get("applications") instanceof JsonArray given) {
      for (JsonValue application : given.values()) {
        named.addAll(application(name, application, applications));
      }
    } else {
      wrong(name, "has no list of applications");
    }
    for (String member : user.members().keySet()) {
      if (!MEMBERS.contains(member)) {
        wrong(name, "has a member that is none of token, applications and groups");
      }
    }
    return Optional.of(new AtomUser(UserIds.of("atom", name), hash, named, groups));
  }

  private Set<ApplicationName> application(
      String user, JsonValue value, List<ApplicationDefinition> applications) {
    for (ApplicationDefinition one : applications) {
      if (value instanceof JsonString name && one.name().value().equals(name.value())) {
        return Set.of(one.name());
      }
    }
    wrong(user, "has an application that is not configured");
    return Set.of();
  }

  private Set<CollectionName> group(String user, JsonValue value) {
    if (value instanceof JsonString name && name.value().indexOf(':') < 0) {
      try {
        return Set.of(new CollectionName(name.value()));
      } catch (IllegalArgumentException e) {
        // told below
      }
    }
    wrong(user, "has a group that can be none");
    return Set.of();
  }

  private void wrong(String user, String problem) {
    errors.add(
        SettingKey.ATOM_USERS.key()
            + ": the user '"
            + LogText.of(user)
            + "' "
            + problem
            + "; "
            + ALLOWED);
  }
}
