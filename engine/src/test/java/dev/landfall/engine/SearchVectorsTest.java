package dev.landfall.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.Questions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    AskedWorld scanned = AskedWorld.of(documents, List.of());
    AskedWorld indexed = AskedWorld.of(documents, fields);
    List<JsonValue> cases = new ArrayList<>();
    for (JsonObject one : objects(group, "cases")) {
      JsonObject question = Vectors.object(one, "question");
      JsonObject answered = scanned.answer(question);
      assertThat(indexed.answer(question)).isEqualTo(answered);
      cases.add(answered);
    }
    return JsonObject.builder()
        .put("name", Vectors.text(group, "name"))
        .put("documents", new JsonArray(List.copyOf(documents)))
        .put("cases", new JsonArray(cases))
        .build();
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
