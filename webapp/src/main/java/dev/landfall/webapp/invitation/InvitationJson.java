package dev.landfall.webapp.invitation;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.invitation.Invitation;
import dev.landfall.engine.invitation.InvitationRequest;
import dev.landfall.engine.invitation.Invitations;
import dev.landfall.engine.invitation.Invited;
import dev.landfall.engine.organisation.Page;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.people.DisplayName;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.people.Profile;
import dev.landfall.webapp.http.Members;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Invitations on the wire. */
final class InvitationJson {
  private InvitationJson() {}

  /** Reads what is wanted: {@code {email?, role?, expiresAt?, uses?}}. */
  static InvitationRequest request(JsonValue body) {
    Members members = Members.ofBody(body).only("email", "role", "expiresAt", "uses");
    OptionalLong uses = members.whole("uses", 1, Invitations.MAX_USES);
    return new InvitationRequest(
        members.isAbsent("email")
            ? Optional.empty()
            : Optional.of(members.string("email", EmailAddress::new)),
        members.isAbsent("role") ? Role.MEMBER : members.string("role", Role::parse),
        members.moment("expiresAt"),
        uses.isPresent() ? OptionalInt.of((int) uses.getAsLong()) : OptionalInt.empty());
  }

  /** {@code {invitationId, email?, role, invitedBy, createdAt, expiresAt, uses}}. */
  private static JsonObject entry(Invitation invitation) {
    JsonObject.Builder json = JsonObject.builder().put("invitationId", invitation.id());
    invitation.address().ifPresent(address -> json.put("email", address.value()));
    return json.put("role", invitation.role().text())
        .put("invitedBy", invitation.inviter().value())
        .put("createdAt", text(invitation.createdAt()))
        .put("expiresAt", text(invitation.expiresAt()))
        .put("uses", invitation.uses())
        .build();
  }

  /** {@code {invitations: [...], after?}}. */
  static JsonObject page(Page<Invitation> page) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put(
                "invitations",
                new JsonArray(
                    page.items().stream().<JsonValue>map(InvitationJson::entry).toList()));
    page.after().ifPresent(after -> json.put("after", after));
    return json.build();
  }

  /**
   * {@code {orgId, name, role, invitedBy: {displayName, picture?}, bound, expiresAt}}: what whoever
   * has the link is told, signed in or not. For whose address it is is not among it.
   */
  static JsonObject invited(Invited invited, Profile inviter) {
    JsonObject.Builder by =
        JsonObject.builder()
            .put(
                "displayName",
                inviter
                    .name()
                    .map(DisplayName::value)
                    .<JsonValue>map(JsonString::new)
                    .orElse(JsonNull.NULL));
    inviter.picture().ifPresent(picture -> by.put("picture", picture.url()));
    Invitation invitation = invited.invitation();
    return JsonObject.builder()
        .put("orgId", invitation.organisation().value())
        .put("name", invited.organisation())
        .put("role", invitation.role().text())
        .put("invitedBy", by.build())
        .put("bound", invitation.address().isPresent())
        .put("expiresAt", text(invitation.expiresAt()))
        .build();
  }

  static String text(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
