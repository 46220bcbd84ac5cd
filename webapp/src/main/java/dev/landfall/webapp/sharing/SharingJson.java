package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Origin;
import dev.landfall.engine.document.PendingGrant;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.Redemption;
import dev.landfall.engine.sharing.SharedPage;
import dev.landfall.engine.sharing.SharingPatch;
import dev.landfall.webapp.http.Members;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** An entry of the document index on the wire, and a change of it. */
public final class SharingJson {
  /** How many grants a document may have, and a change may name. */
  static final int MAX_GRANTS = Redemption.MAX_GRANTS;

  private static final String BY_LINK = "link";

  /** The last moment of the year 9999. */
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  private SharingJson() {}

  /**
   * The entry of {@code document}. A link is shown once, when it is made; after that, that it is.
   */
  static JsonObject entry(ApplicationName application, Document document) {
    return entry(
        application, new SharedPage.Entry(document.id(), document.index(), document.isDeleted()));
  }

  /** An entry of a document that may be deleted. */
  static JsonObject entry(ApplicationName application, SharedPage.Entry document) {
    JsonObject entry = entry(application, document.id(), document.index());
    if (!document.deleted()) {
      return entry;
    }
    JsonObject.Builder deleted = JsonObject.builder();
    entry.members().forEach(deleted::put);
    return deleted.put("deleted", true).build();
  }

  /** The entry of the document {@code id}. */
  public static JsonObject entry(
      ApplicationName application, DocumentId id, Document.IndexEntry index) {
    Sharing sharing = index.sharing();
    JsonObject.Builder entry =
        JsonObject.builder()
            .put("docKey", id.key().value())
            .put("userId", index.creator().value())
            .put("app", application.value())
            .put("collection", id.collection().value());
    if (id.owner() instanceof OrganisationId namespace) {
      entry.put("orgId", namespace.value());
    } else {
      sharing.organisation().ifPresent(one -> entry.put("orgId", one.value()));
    }
    entry.put("visibility", sharing.visibility().text());
    List<JsonValue> grants = new ArrayList<>();
    for (Grant grant : sharing.grants()) {
      JsonObject.Builder one =
          JsonObject.builder()
              .put("userId", grant.user().value())
              .put("app", grant.application().value())
              .put("access", access(grant.writes()));
      if (grant.origin() instanceof Origin.ByAddress by) {
        one.put("via", "email").put("email", by.address());
      } else if (grant.isByLink()) {
        one.put("via", BY_LINK);
      }
      grants.add(one.build());
    }
    for (PendingGrant grant : sharing.pending()) {
      grants.add(
          JsonObject.builder()
              .put("email", grant.address())
              .put("app", grant.application().value())
              .put("access", access(grant.writes()))
              .put("pending", true)
              .build());
    }
    entry.put("sharedWith", new JsonArray(grants));
    entry.put("shareToken", JsonNull.NULL);
    entry.put("hasShareToken", sharing.link().isPresent());
    sharing
        .link()
        .map(ShareLink::expiresAtMillis)
        .ifPresent(end -> end.ifPresent(millis -> entry.put("shareTokenExpiresAt", text(millis))));
    sharing
        .link()
        .flatMap(ShareLink::redeemable)
        .ifPresent(redeemable -> entry.put("shareTokenRedeem", redeemable(redeemable)));
    return entry
        .put("createdAt", text(index.createdMillis()))
        .put("updatedAt", text(index.updatedMillis()))
        .build();
  }

  private static JsonObject redeemable(ShareLink.Redeemable redeemable) {
    JsonObject.Builder json = JsonObject.builder().put("access", access(redeemable.writes()));
    redeemable.uses().ifPresent(uses -> json.put("uses", uses));
    return json.build();
  }

  /** Reads what whoever redeems a link is to be granted; nothing if it cannot be redeemed. */
  static Optional<ShareLink.Redeemable> redeemable(Members asked) {
    if (!asked.flag("redeem")) {
      for (String name : List.of("access", "uses")) {
        if (!asked.isAbsent(name)) {
          throw asked.wrong(name, "is for links that can be redeemed: say \"redeem\": true");
        }
      }
      return Optional.empty();
    }
    OptionalLong uses = asked.whole("uses", 1, MAX_GRANTS);
    return Optional.of(
        new ShareLink.Redeemable(
            writes(asked),
            uses.isPresent() ? OptionalInt.of((int) uses.getAsLong()) : OptionalInt.empty()));
  }

  static String access(boolean writes) {
    return writes ? "write" : "read";
  }

  /** A time as all others on the wire; one that no calendar reaches as the last that does. */
  private static String text(long millis) {
    return Instant.ofEpochMilli(Math.min(millis, LAST_MILLIS)).toString();
  }

  /**
   * Reads whom an entry names as readers, apart from a link, which is a secret, and what comes of
   * it, and from addresses for which nobody has come.
   */
  public static SharingPatch restored(Members entry) {
    List<Grant> grants = new ArrayList<>();
    for (Members one : list(entry, "sharedWith")) {
      one.only("userId", "email", "app", "access", "via", "pending");
      if (!one.flag("pending") && !one.optionalString("via").equals(Optional.of(BY_LINK))) {
        grants.add(grant(one));
      }
    }
    return new SharingPatch(
        Optional.of(entry.string("visibility", Visibility::parse)),
        grants,
        List.of(),
        entry.isAbsent("orgId")
            ? Optional.empty()
            : Optional.of(entry.string("orgId", OrganisationId::new)));
  }

  private static Grant grant(Members one) {
    return new Grant(
        one.string("userId", UserId::new), one.string("app", ApplicationName::new), writes(one));
  }

  private static PendingGrant pending(Members one) {
    return new PendingGrant(
        one.string("email", EmailAddress::new).value(),
        one.string("app", ApplicationName::new),
        writes(one));
  }

  /** Whether an entry names an address, and not a user. */
  private static boolean isAddress(Members one) {
    if (one.isAbsent("email")) {
      return false;
    }
    if (!one.isAbsent("userId")) {
      throw one.wrong("email", "and userId are given; only one of them can be meant");
    }
    return true;
  }

  /** Reads a change of who reads a document. */
  static SharingPatch patch(JsonValue body) {
    Members members = Members.ofBody(body).only("visibility", "sharedWith", "unshareWith", "orgId");
    List<Grant> grants = new ArrayList<>();
    List<PendingGrant> pending = new ArrayList<>();
    for (Members one : list(members, "sharedWith")) {
      one.only("userId", "email", "app", "access");
      if (isAddress(one)) {
        pending.add(pending(one));
      } else {
        grants.add(grant(one));
      }
    }
    List<SharingPatch.Withdrawn> withdrawn = new ArrayList<>();
    List<SharingPatch.WithdrawnAddress> addresses = new ArrayList<>();
    for (Members one : list(members, "unshareWith")) {
      one.only("userId", "email", "app");
      ApplicationName application = one.string("app", ApplicationName::new);
      if (isAddress(one)) {
        addresses.add(
            new SharingPatch.WithdrawnAddress(
                one.string("email", EmailAddress::new).value(), application));
      } else {
        withdrawn.add(new SharingPatch.Withdrawn(one.string("userId", UserId::new), application));
      }
    }
    return new SharingPatch(
        members.isAbsent("visibility")
            ? Optional.empty()
            : Optional.of(members.string("visibility", Visibility::parse)),
        grants,
        pending,
        withdrawn,
        addresses,
        members.isAbsent("orgId")
            ? Optional.empty()
            : Optional.of(members.string("orgId", OrganisationId::new)));
  }

  static boolean writes(Members entry) {
    if (entry.isAbsent("access")) {
      return false;
    }
    String access = entry.string("access");
    if (!access.equals("write") && !access.equals("read")) {
      throw entry.wrong("access", "must be \"read\" or \"write\"");
    }
    return access.equals("write");
  }

  private static List<Members> list(Members members, String name) {
    if (members.isAbsent(name)) {
      return List.of();
    }
    if (!(members.raw(name) instanceof JsonArray array)) {
      throw members.wrong(name, "must be an array");
    }
    if (array.values().size() > MAX_GRANTS) {
      throw new SyncException(
          SyncProblem.TOO_LARGE, name + ": more than " + MAX_GRANTS + " entries");
    }
    List<Members> entries = new ArrayList<>(array.values().size());
    for (int i = 0; i < array.values().size(); i++) {
      entries.add(Members.at(members.place(name) + "[" + i + "]", array.values().get(i)));
    }
    return entries;
  }
}
