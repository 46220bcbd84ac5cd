package dev.landfall.engine.document;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The readers of a document as its record keeps them. */
final class SharingForm {
  private SharingForm() {}

  static JsonObject encode(Sharing sharing) {
    JsonObject.Builder out = JsonObject.builder().put("visibility", sharing.visibility().text());
    if (!sharing.grants().isEmpty()) {
      List<JsonValue> grants = new ArrayList<>();
      for (Grant grant : sharing.grants()) {
        JsonObject.Builder one =
            JsonObject.builder()
                .put("user", grant.user().value())
                .put("application", grant.application().value())
                .put("writes", JsonBoolean.of(grant.writes()));
        grant.giver().ifPresent(giver -> one.put("giver", giver.value()));
        if (!grant.since().isZero()) {
          one.put("since", grant.since().toString());
        }
        if (grant.muted()) {
          one.put("muted", true);
        }
        if (grant.origin() instanceof Origin.ByLink by) {
          one.put("link", by.hash());
        } else if (grant.origin() instanceof Origin.ByAddress by) {
          one.put("address", by.address());
        }
        grants.add(one.build());
      }
      out.put("grants", new JsonArray(grants));
    }
    if (!sharing.pending().isEmpty()) {
      List<JsonValue> pending = new ArrayList<>();
      for (PendingGrant grant : sharing.pending()) {
        JsonObject.Builder one =
            JsonObject.builder()
                .put("address", grant.address())
                .put("application", grant.application().value())
                .put("writes", JsonBoolean.of(grant.writes()));
        grant.giver().ifPresent(giver -> one.put("giver", giver.value()));
        pending.add(one.build());
      }
      out.put("pending", new JsonArray(pending));
    }
    sharing.organisation().ifPresent(id -> out.put("organisation", id.value()));
    sharing
        .link()
        .ifPresent(
            link -> {
              JsonObject.Builder kept = JsonObject.builder().put("hash", link.hash());
              link.expiresAtMillis().ifPresent(millis -> kept.put("expiresAt", millis));
              link.maker().ifPresent(maker -> kept.put("maker", maker.value()));
              link.redeemable()
                  .ifPresent(
                      one -> {
                        kept.put("redeem", one.writes() ? "write" : "read");
                        one.uses().ifPresent(uses -> kept.put("uses", uses));
                      });
              if (!link.past().isEmpty()) {
                kept.put(
                    "past",
                    new JsonArray(
                        link.past().stream()
                            .sorted()
                            .<JsonValue>map(user -> new JsonString(user.value()))
                            .toList()));
              }
              out.put("link", kept.build());
            });
    if (!sharing.shownSince().isZero()) {
      out.put("shownSince", sharing.shownSince().toString());
    }
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
                JsonBoolean.TRUE.equals(grant.get("writes")),
                user(grant.get("giver")),
                clock(grant.get("since")),
                JsonBoolean.TRUE.equals(grant.get("muted")),
                origin(grant)));
      }
    }
    List<PendingGrant> pending = new ArrayList<>();
    if (sharing.get("pending") instanceof JsonArray all) {
      for (JsonValue value : all.values()) {
        JsonObject grant = StoredForm.object(value);
        pending.add(
            new PendingGrant(
                StoredForm.text(grant.get("address")),
                new ApplicationName(StoredForm.text(grant.get("application"))),
                JsonBoolean.TRUE.equals(grant.get("writes")),
                user(grant.get("giver"))));
      }
    }
    Optional<OrganisationId> organisation =
        Optional.ofNullable(sharing.get("organisation"))
            .map(value -> new OrganisationId(StoredForm.text(value)));
    Optional<ShareLink> link = Optional.ofNullable(sharing.get("link")).map(SharingForm::link);
    return new Sharing(
        Visibility.parse(StoredForm.text(sharing.get("visibility"))),
        grants,
        pending,
        organisation,
        link,
        clock(sharing.get("shownSince")));
  }

  private static Origin origin(JsonObject grant) {
    if (grant.get("link") instanceof JsonString hash) {
      return new Origin.ByLink(hash.value());
    }
    return grant.get("address") instanceof JsonString address
        ? new Origin.ByAddress(address.value())
        : Origin.DIRECT;
  }

  private static Optional<UserId> user(@Nullable JsonValue value) {
    return Optional.ofNullable(value).map(id -> new UserId(StoredForm.text(id)));
  }

  private static HybridTimestamp clock(@Nullable JsonValue value) {
    return value == null ? HybridTimestamp.ZERO : StoredForm.clock(value);
  }

  private static ShareLink link(JsonValue value) {
    JsonObject link = StoredForm.object(value);
    JsonValue expires = link.get("expiresAt");
    return new ShareLink(
        StoredForm.text(link.get("hash")),
        expires == null ? OptionalLong.empty() : OptionalLong.of(StoredForm.millis(expires)),
        user(link.get("maker")),
        link.get("redeem") instanceof JsonString access
            ? Optional.of(
                new ShareLink.Redeemable(
                    access.value().equals("write"),
                    link.get("uses") instanceof JsonNumber uses
                        ? OptionalInt.of(uses.value().intValueExact())
                        : OptionalInt.empty()))
            : Optional.empty(),
        link.get("past") instanceof JsonArray past
            ? past.values().stream()
                .map(user -> new UserId(StoredForm.text(user)))
                .collect(Collectors.toSet())
            : Set.of());
  }
}
