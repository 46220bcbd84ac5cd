package dev.landfall.webapp.operator;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.directory.JsonDirectory;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.organisation.Administered;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Page;
import dev.landfall.webapp.session.Users;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Lists for operators: who there is and how much they have, and nothing of what. */
public final class OperatorPages {
  private final JsonDirectory directory;
  private final Organisations organisations;
  private final SyncEngine engine;
  private final DeletedUsers deleted;

  /** What is in {@code directory}, and in the stores of {@code engine}. */
  public OperatorPages(
      Directory directory, Organisations organisations, SyncEngine engine, DeletedUsers deleted) {
    this.directory = new JsonDirectory(directory);
    this.organisations = organisations;
    this.engine = engine;
    this.deleted = deleted;
  }

  /** {@code {applications: [{app, configured}]}}. */
  JsonObject applications() {
    List<JsonValue> all = new ArrayList<>();
    engine
        .storedApplications()
        .forEach(
            name ->
                all.add(
                    JsonObject.builder()
                        .put("app", name.value())
                        .put(
                            "configured",
                            engine.applications().stream().anyMatch(one -> one.name().equals(name)))
                        .build()));
    return JsonObject.builder().put("applications", new JsonArray(all)).build();
  }

  /** {@code {users: [...], after?}}: those whose id, name or address has {@code query} in it. */
  JsonObject users(String query, String after, int limit) {
    List<Kept> page = directory.list(Users.KIND, after, limit);
    String wanted = query.toLowerCase(Locale.ROOT);
    List<JsonValue> users = page.stream().filter(one -> has(one, wanted)).map(this::user).toList();
    return page("users", users, page.size() < limit ? Optional.empty() : last(page));
  }

  private static boolean has(Kept user, String wanted) {
    return (user.name()
            + '\n'
            + user.optionalText("name").orElse("")
            + '\n'
            + user.optionalText("email").orElse(""))
        .toLowerCase(Locale.ROOT)
        .contains(wanted);
  }

  private JsonValue user(Kept user) {
    JsonObject.Builder json = JsonObject.builder().put("userId", user.name());
    user.optionalText("name").ifPresent(name -> json.put("name", name));
    user.optionalText("email").ifPresent(email -> json.put("email", email));
    JsonValue providers = user.content().get("providers");
    if (providers != null) {
      json.put("providers", providers);
    }
    user.optionalNumber("createdAt")
        .ifPresent(at -> json.put("createdAt", Instant.ofEpochMilli(at).toString()));
    return json.put("blocked", deleted.isBlocked(new UserId(user.name()))).build();
  }

  /** {@code {orgs: [{orgId, name, createdAt}], after?}}. */
  JsonObject organisations(String query, Optional<OrganisationId> after, int limit) {
    Page<Administered> page = organisations.all(after, limit);
    String wanted = query.toLowerCase(Locale.ROOT);
    List<JsonValue> orgs =
        page.items().stream()
            .filter(
                one ->
                    (one.id().value() + '\n' + one.name())
                        .toLowerCase(Locale.ROOT)
                        .contains(wanted))
            .<JsonValue>map(
                one ->
                    JsonObject.builder()
                        .put("orgId", one.id().value())
                        .put("name", one.name())
                        .put("createdAt", one.createdAt().toString())
                        .build())
            .toList();
    return page("orgs", orgs, page.after());
  }

  /**
   * {@code {usage: [{userId | orgId, applications: [{app, documents, bytes}]}], after?}}: of users
   * first, then of organisations.
   *
   * @param after an owner
   */
  JsonObject usage(Optional<Owner> after, int limit) {
    List<Owner> owners = new ArrayList<>();
    if (after.isEmpty() || after.get() instanceof UserId) {
      directory
          .list(Users.KIND, after.map(Owner::value).orElse(""), limit)
          .forEach(user -> owners.add(new UserId(user.name())));
    }
    boolean more = owners.size() == limit;
    if (!more) {
      Optional<OrganisationId> from =
          after.filter(OrganisationId.class::isInstance).map(OrganisationId.class::cast);
      Page<Administered> rest = organisations.all(from, limit - owners.size());
      rest.items().forEach(one -> owners.add(one.id()));
      more = rest.after().isPresent();
    }
    return page(
        "usage",
        owners.stream().map(this::used).toList(),
        more && !owners.isEmpty()
            ? Optional.of(owners.get(owners.size() - 1).text())
            : Optional.empty());
  }

  private JsonValue used(Owner owner) {
    List<JsonValue> applications = new ArrayList<>();
    engine
        .usage(owner)
        .forEach(
            (name, usage) ->
                applications.add(
                    JsonObject.builder()
                        .put("app", name.value())
                        .put("documents", usage.documents())
                        .put("bytes", usage.bytes())
                        .build()));
    return JsonObject.builder()
        .put(owner instanceof UserId ? "userId" : "orgId", owner.value())
        .put("applications", new JsonArray(applications))
        .build();
  }

  private static Optional<String> last(List<Kept> page) {
    return page.isEmpty() ? Optional.empty() : Optional.of(page.get(page.size() - 1).name());
  }

  static JsonObject page(String name, List<JsonValue> items, Optional<String> after) {
    JsonObject.Builder json = JsonObject.builder().put(name, new JsonArray(items));
    after.ifPresent(place -> json.put("after", place));
    return json.build();
  }
}
