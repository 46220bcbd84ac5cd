package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.Sha256;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.directory.JsonDirectory;

/** Where a document is, as records of the directory say it. */
record DocumentPlace(ApplicationName application, DocumentId id) {
  static DocumentPlace of(Bytes record) {
    try {
      return of((JsonObject) JsonText.parse(record.toArray()));
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a record that says where a document is is damaged", e);
    }
  }

  private static DocumentPlace of(JsonObject place) {
    return new DocumentPlace(
        new ApplicationName(text(place, "application")),
        new DocumentId(
            Owner.parse(text(place, "owner")),
            new CollectionName(text(place, "collection")),
            new DocumentKey(text(place, "key"))));
  }

  /** Forgets the records of a kind that say where documents of {@code owner} are, who is gone. */
  static void forget(Directory directory, String kind, Owner owner) {
    JsonDirectory records = new JsonDirectory(directory);
    records.each(
        kind,
        record -> {
          if (of(record.content()).id().owner().equals(owner)) {
            records.remove(record);
          }
        });
  }

  private static String text(JsonObject place, String name) {
    if (place.get(name) instanceof JsonString text) {
      return text.value();
    }
    throw new IllegalStateException("a record that says where a document is is damaged");
  }

  static JsonObject json(DocumentPlace place) {
    DocumentId id = place.id();
    return JsonObject.builder()
        .put("application", place.application().value())
        .put("owner", id.owner().text())
        .put("collection", id.collection().value())
        .put("key", id.key().value())
        .build();
  }

  /** The same for the same place, and of a fixed length. */
  String hash() {
    return Sha256.hex(
        new String(JsonText.bytes(json(this)).toArray(), java.nio.charset.StandardCharsets.UTF_8));
  }
}
