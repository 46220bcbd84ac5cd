package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.query.Questions;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.SearchPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A server with the documents of Alice and public ones of others, of which Alice asks. */
final class AskedWorld {
  private final SearchWorld world = new SearchWorld();

  private AskedWorld() {}

  /** With these documents, committed in their order. */
  static AskedWorld of(List<JsonObject> documents, List<String> indexes) {
    AskedWorld asked = new AskedWorld();
    asked.world.start(indexes).completeIndexes();
    documents.forEach(asked::write);
    return asked;
  }

  private void write(JsonObject document) {
    UserId owner =
        document.get("_owner") == null ? ALICE : new UserId(Vectors.text(document, "_owner"));
    String key = Vectors.text(document, "_key");
    world.write(owner, owner, key, StoredForm.withoutProtocol(document));
    if (!owner.equals(ALICE)) {
      world.millis += 2;
      DocumentId id = new DocumentId(owner, TASKS, new DocumentKey(key));
      world.engine.share(
          TODO, owner, owner, id, one -> one.withVisibility(Visibility.PUBLIC, Optional.empty()));
    }
  }

  /** The question and what it finds, as it stands in the vectors. */
  JsonObject answer(JsonObject question) {
    SearchRequest request = Questions.read(TASKS, question);
    List<JsonValue> pages = new ArrayList<>();
    List<JsonValue> results = new ArrayList<>();
    SearchRequest next = request;
    for (boolean more = true; more; ) {
      SearchPage page = world.engine.search(TODO, ALICE, ALICE, next);
      List<JsonValue> ids = new ArrayList<>();
      for (Bytes wire : page.results()) {
        JsonObject found = SearchWorld.parse(wire);
        ids.add(new JsonString(id(found)));
        results.add(StoredForm.withoutProtocol(found));
      }
      pages.add(new JsonArray(ids));
      more = page.after().isPresent();
      next = SearchWorld.after(request, page.after().orElse(""));
    }
    JsonObject.Builder answered =
        JsonObject.builder().put("question", question).put("pages", new JsonArray(pages));
    return request.projection().isPresent()
        ? answered.put("results", new JsonArray(results)).build()
        : answered.build();
  }

  /** As clients name a document. */
  private static String id(JsonObject found) {
    String key = SearchWorld.key(found);
    return found.get("_owner") == null ? key : "@" + Vectors.text(found, "_owner") + "/" + key;
  }
}
