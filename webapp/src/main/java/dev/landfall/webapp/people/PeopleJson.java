package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.people.DisplayName;
import dev.landfall.engine.people.Findable;
import dev.landfall.engine.people.Person;
import dev.landfall.engine.people.Picture;
import dev.landfall.engine.people.Profile;
import dev.landfall.engine.people.ProfileChange;
import dev.landfall.webapp.http.Members;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** People on the wire. */
public final class PeopleJson {
  /** How many people one request may ask about. */
  static final int MAX_IDS = 50;

  private PeopleJson() {}

  /** {@code {displayName, picture?, findable}}. */
  public static JsonObject profile(Profile profile) {
    JsonObject.Builder json = described(profile.name(), profile.picture());
    return json.put("findable", profile.findable().text()).build();
  }

  /** {@code {people: [{userId, displayName, picture?}]}}. */
  static JsonObject people(List<Person> people) {
    return JsonObject.builder()
        .put("people", new JsonArray(people.stream().<JsonValue>map(PeopleJson::person).toList()))
        .build();
  }

  private static JsonObject person(Person person) {
    JsonObject.Builder json = JsonObject.builder().put("userId", person.user().value());
    described(person.name(), person.picture()).build().members().forEach(json::put);
    return json.build();
  }

  private static JsonObject.Builder described(
      Optional<DisplayName> name, Optional<Picture> picture) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put(
                "displayName",
                name.<JsonValue>map(one -> new JsonString(one.value())).orElse(JsonNull.NULL));
    picture.ifPresent(one -> json.put("picture", one.url()));
    return json;
  }

  /** Reads a change of a profile. */
  static ProfileChange change(JsonValue body) {
    Members members = Members.ofBody(body).only("displayName", "picture", "findable");
    return new ProfileChange(
        nullable(members, "displayName", DisplayName::new),
        nullable(members, "picture", Picture::new),
        members.isAbsent("findable")
            ? Optional.empty()
            : Optional.of(members.string("findable", Findable::parse)));
  }

  /** A member that may be absent, and {@code null} if what there is is to go. */
  private static <T> Optional<Optional<T>> nullable(
      Members members, String name, Function<String, T> type) {
    if (members.raw(name) == null) {
      return Optional.empty();
    }
    return Optional.of(
        members.isAbsent(name) ? Optional.empty() : Optional.of(members.string(name, type)));
  }

  /**
   * Reads ids with commas between.
   *
   * @throws IllegalArgumentException if they are none, or too many
   */
  static Set<UserId> ids(String text) {
    Set<UserId> ids = new LinkedHashSet<>();
    for (String id : text.split(",", MAX_IDS + 2)) {
      ids.add(new UserId(id));
      if (ids.size() > MAX_IDS) {
        throw new IllegalArgumentException("names more than " + MAX_IDS + " people");
      }
    }
    return ids;
  }
}
