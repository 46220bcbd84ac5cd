package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.Questions;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.SearchPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What questions find, for all who answer them. The file holds documents and questions that people
 * have written, and the answers of this engine: with {@code -Dlandfall.vectors.write=true} they are
 * written there, otherwise they have to be there already.
 */
class SearchVectorsTest {
  private static final Path FILE = Path.of("../conformance/vectors/search.json");
  private static final int MAX_INDEXES = 50;

  @Test
  void questionsFindWhatTheVectorsSay() throws IOException {
    String before = Files.readString(FILE);

    String now = print(Vectors.read("search").stream().map(this::answered).toList());

    if (Boolean.getBoolean("landfall.vectors.write")) {
      Files.writeString(FILE, now);
    } else {
      assertThat(now).isEqualTo(before);
    }
  }

  @Test
  void theVectorsAskEnough() {
    List<JsonObject> questions =
        Vectors.read("search").stream()
            .flatMap(group -> objects(group, "cases").stream())
            .map(one -> Vectors.object(one, "question"))
            .toList();
    String all = questions.toString();

    assertThat(questions).hasSizeGreaterThanOrEqualTo(400);
    assertThat(Arrays.stream(Operator.values()).map(one -> "\"op\":\"" + one.text() + '"'))
        .allMatch(all::contains);
  }

  private JsonObject answered(JsonObject group) {
    List<JsonObject> documents = objects(group, "documents");
    List<String> fields =
        objects(group, "cases").stream()
            .flatMap(one -> Questions.fields(Vectors.object(one, "question")).stream())
            .map(LeafPath::text)
            .distinct()
            .limit(MAX_INDEXES)
            .toList();
    SearchWorld scanned = world(documents, List.of());
    SearchWorld indexed = world(documents, fields);
    List<JsonValue> cases = new ArrayList<>();
    for (JsonObject one : objects(group, "cases")) {
      JsonObject question = Vectors.object(one, "question");
      JsonObject answered = answer(scanned, question);
      assertThat(answer(indexed, question)).isEqualTo(answered);
      cases.add(answered);
    }
    return JsonObject.builder()
        .put("name", Vectors.text(group, "name"))
        .put("documents", new JsonArray(List.copyOf(documents)))
        .put("cases", new JsonArray(cases))
        .build();
  }

  private static SearchWorld world(List<JsonObject> documents, List<String> indexes) {
    SearchWorld world = new SearchWorld();
    world.start(indexes).completeIndexes();
    for (JsonObject document : documents) {
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
    return world;
  }

  private static JsonObject answer(SearchWorld world, JsonObject question) {
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

  private static List<JsonObject> objects(JsonObject group, String name) {
    return ((JsonArray) group.members().get(name))
        .values().stream().map(JsonObject.class::cast).toList();
  }

  /** A document or a case a line. */
  private static String print(List<JsonObject> groups) {
    return groups.stream()
        .map(
            group -> {
              Map<String, String> lists = new LinkedHashMap<>();
              for (String name : List.of("documents", "cases")) {
                lists.put(
                    name,
                    objects(group, name).stream()
                        .map(JsonText::print)
                        .collect(Collectors.joining(",\n", "[\n", "]")));
              }
              return "{\"name\":"
                  + JsonText.print(new JsonString(Vectors.text(group, "name")))
                  + lists.entrySet().stream()
                      .map(list -> ",\"" + list.getKey() + "\":" + list.getValue())
                      .collect(Collectors.joining())
                  + "}";
            })
        .collect(Collectors.joining(",\n", "[", "]\n"));
  }
}
