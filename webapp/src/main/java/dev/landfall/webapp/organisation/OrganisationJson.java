package dev.landfall.webapp.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.organisation.Member;
import dev.landfall.engine.organisation.Membership;
import dev.landfall.engine.organisation.Page;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.function.Function;

/** Organisations and members on the wire. */
public final class OrganisationJson {
  private OrganisationJson() {}

  /** The organisation in an address; one that cannot exist does not exist. */
  public static OrganisationId id(String text) {
    try {
      return new OrganisationId(text);
    } catch (IllegalArgumentException e) {
      throw new SyncException(SyncProblem.NOT_FOUND, "There is no such organisation");
    }
  }

  /** {@code {orgId, name, role}}. */
  static JsonObject founded(Membership made) {
    return JsonObject.builder()
        .put("orgId", made.member().organisation().value())
        .put("name", made.name())
        .put("role", made.member().role().text())
        .build();
  }

  /** {@code {orgId, userId, name, role, joinedAt}}. */
  static JsonObject membership(Membership membership) {
    return JsonObject.builder()
        .put("orgId", membership.member().organisation().value())
        .put("userId", membership.member().user().value())
        .put("name", membership.name())
        .put("role", membership.member().role().text())
        .put("joinedAt", membership.member().joinedAt().toString())
        .build();
  }

  /** {@code {orgId, userId, role, joinedAt}}. */
  public static JsonObject member(Member member) {
    return JsonObject.builder()
        .put("orgId", member.organisation().value())
        .put("userId", member.user().value())
        .put("role", member.role().text())
        .put("joinedAt", member.joinedAt().toString())
        .build();
  }

  /** {@code {member}}. */
  public static JsonObject added(Member member) {
    return JsonObject.builder().put("member", member(member)).build();
  }

  /** {@code {<name>: [...], after?}}. */
  static <T> JsonObject page(String name, Page<T> page, Function<T, JsonObject> item) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put(name, new JsonArray(page.items().stream().<JsonValue>map(item).toList()));
    page.after().ifPresent(after -> json.put("after", after));
    return json.build();
  }
}
