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
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharedPage;
import dev.landfall.engine.sharing.SharingPatch;
import dev.landfall.webapp.http.Members;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An entry of the document index on the wire, and a change of it. */
public final class SharingJson {
  /** How many grants a document may have, and a change may name. */
  static final int MAX_GRANTS = 10_000;

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
      grants.add(
          JsonObject.builder()
              .put("userId", grant.user().value())
              .put("app", grant.application().value())
              .put("access", grant.writes() ? "write" : "read")
              .build());
    }
    entry.put("sharedWith", new JsonArray(grants));
    entry.put("shareToken", JsonNull.NULL);
    entry.put("hasShareToken", sharing.link().isPresent());
    sharing
        .link()
        .map(ShareLink::expiresAtMillis)
        .ifPresent(end -> end.ifPresent(millis -> entry.put("shareTokenExpiresAt", text(millis))));
    return entry
        .put("createdAt", text(index.createdMillis()))
        .put("updatedAt", text(index.updatedMillis()))
        .build();
  }

  /** A time as all others on the wire; one that no calendar reaches as the last that does. */
  private static String text(long millis) {
    return Instant.ofEpochMilli(Math.min(millis, LAST_MILLIS)).toString();
  }

  /** Reads whom an entry names as readers, apart from a link, which is a secret. */
  public static SharingPatch restored(Members entry) {
    return new SharingPatch(
        Optional.of(entry.string("visibility", Visibility::parse)),
        grants(entry),
        List.of(),
        entry.isAbsent("orgId")
            ? Optional.empty()
            : Optional.of(entry.string("orgId", OrganisationId::new)));
  }

  private static List<Grant> grants(Members members) {
    List<Grant> grants = new ArrayList<>();
    for (Members one : list(members, "sharedWith")) {
      one.only("userId", "app", "access");
      grants.add(
          new Grant(
              one.string("userId", UserId::new),
              one.string("app", ApplicationName::new),
              writes(one)));
    }
    return grants;
  }

  /** Reads a change of who reads a document. */
  static SharingPatch patch(JsonValue body) {
    Members members = Members.ofBody(body).only("visibility", "sharedWith", "unshareWith", "orgId");
    List<Grant> grants = grants(members);
    List<SharingPatch.Withdrawn> withdrawn = new ArrayList<>();
    for (Members one : list(members, "unshareWith")) {
      one.only("userId", "app");
      withdrawn.add(
          new SharingPatch.Withdrawn(
              one.string("userId", UserId::new), one.string("app", ApplicationName::new)));
    }
    return new SharingPatch(
        members.isAbsent("visibility")
            ? Optional.empty()
            : Optional.of(members.string("visibility", Visibility::parse)),
        grants,
        withdrawn,
        members.isAbsent("orgId")
            ? Optional.empty()
            : Optional.of(members.string("orgId", OrganisationId::new)));
  }

  private static boolean writes(Members entry) {
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
