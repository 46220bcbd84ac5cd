package dev.landfall.engine.document;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.sharing.Grant;
import dev.landfall.engine.sharing.ShareLink;
import dev.landfall.engine.sharing.Sharing;
import dev.landfall.engine.sharing.Visibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The readers of a document as its record keeps them. */
final class SharingForm {
  private SharingForm() {}

  static JsonObject encode(Sharing sharing) {
    JsonObject.Builder out = JsonObject.builder().put("visibility", sharing.visibility().text());
    if (!sharing.grants().isEmpty()) {
      List<JsonValue> grants = new ArrayList<>();
      for (Grant grant : sharing.grants()) {
        grants.add(
            JsonObject.builder()
                .put("user", grant.user().value())
                .put("application", grant.application().value())
                .put("writes", JsonBoolean.of(grant.writes()))
                .build());
      }
      out.put("grants", new JsonArray(grants));
    }
    sharing.organisation().ifPresent(id -> out.put("organisation", id.value()));
    sharing
        .link()
        .ifPresent(
            link -> {
              JsonObject.Builder kept = JsonObject.builder().put("hash", link.hash());
              link.expiresAtMillis().ifPresent(millis -> kept.put("expiresAt", millis));
              out.put("link", kept.build());
            });
    return out.build();
  }

  static Sharing decode(@Nullable JsonValue record) {
    if (record == null) {
      return Sharing.NONE;
    }
    JsonObject sharing = StoredForm.object(record);
    List<Grant> grants = new ArrayList<>();
    if (sharing.get("grants") instanceof JsonArray all) {
      for (JsonValue value : all.values()) {
        JsonObject grant = StoredForm.object(value);
        grants.add(
            new Grant(
                new UserId(StoredForm.text(grant.get("user"))),
                new ApplicationName(StoredForm.text(grant.get("application"))),
                JsonBoolean.of(true).equals(grant.get("writes"))));
      }
    }
    Optional<OrganisationId> organisation =
        Optional.ofNullable(sharing.get("organisation"))
            .map(value -> new OrganisationId(StoredForm.text(value)));
    Optional<ShareLink> link = Optional.ofNullable(sharing.get("link")).map(SharingForm::link);
    return new Sharing(
        Visibility.parse(StoredForm.text(sharing.get("visibility"))), grants, organisation, link);
  }

  private static ShareLink link(JsonValue value) {
    JsonObject link = StoredForm.object(value);
    JsonValue expires = link.get("expiresAt");
    return new ShareLink(
        StoredForm.text(link.get("hash")),
        expires == null ? OptionalLong.empty() : OptionalLong.of(StoredForm.millis(expires)));
  }
}
