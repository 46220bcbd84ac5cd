package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sharing.SharingPatch;
import dev.landfall.engine.transfer.Incoming;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.sharing.SharingJson;
import java.util.OptionalLong;
import java.util.function.Function;

/** Documents and index entries as they stand in a file. */
final class ImportedText {
  private ImportedText() {}

  /** An application, a collection and what is said of a document there. */
  record Entry(
      ApplicationName application,
      CollectionName collection,
      DocumentKey key,
      UserId creator,
      SharingPatch sharing,
      OptionalLong createdMillis) {}

  /** Reads a document of {@code owner}. */
  static Incoming.Fields document(
      String place, CollectionName collection, JsonValue json, Owner owner) {
    Members members = Members.at(place, json);
    DocumentKey key = members.string("_key", DocumentKey::new);
    if (!members.isAbsent("_owner") && !members.string("_owner").equals(owner.value())) {
      throw members.wrong("_owner", "somebody else's documents cannot be imported");
    }
    for (String flag : new String[] {"_deleted", "_revoked"}) {
      if (members.flag(flag)) {
        throw members.wrong(flag, "an export has only documents that are there");
      }
    }
    return new Incoming.Fields(collection, key, StoredForm.withoutProtocol((JsonObject) json));
  }

  /** Reads an entry. */
  static Entry entry(String place, JsonValue json) {
    Members members = Members.at(place, json);
    return new Entry(
        members.string("app", ApplicationName::new),
        members.string("collection", CollectionName::new),
        members.string("docKey", DocumentKey::new),
        members.string("userId", UserId::new),
        SharingJson.restored(members),
        members.moment("createdAt"));
  }

  /** A name in the place of a member's name. */
  static <T> T name(String place, String text, Function<String, T> type) {
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest(place, String.valueOf(e.getMessage()));
    }
  }
}
