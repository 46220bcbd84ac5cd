package dev.landfall.engine;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.index.Words;
import dev.landfall.engine.query.Awkward;
import dev.landfall.engine.query.Questions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes random documents, questions and what this engine finds to its standard output, and texts
 * and their words, for a process at its other end that has to find the same. The first of the
 * arguments is a seed, the second says how many questions.
 */
public final class PipedQuestions {
  private static final int QUESTIONS = 25;
  private static final List<Integer> SCRIPTS =
      List.of(0x20, 0xa0, 0x100, 0x250, 0x300, 0x370, 0x400, 0x590, 0x600, 0x900, 0xe00, 0x1000)
          .stream()
          .flatMap(first -> Stream.of(first, first + 0x40))
          .toList();
  private static final List<Integer> PLACES =
      List.of(0x1100, 0x1780, 0x1e00, 0x2000, 0x2460, 0x2600, 0x3040, 0x4e00, 0xac00, 0xfb00);

  private final SplittableRandom random;
  private final Awkward awkward;
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

  private PipedQuestions(long seed) {
    this.random = new SplittableRandom(seed);
    this.awkward = new Awkward(random);
  }

  /** Writes the questions. */
  public static void main(String[] arguments) {
    new PipedQuestions(Long.parseLong(arguments[0])).run(Integer.parseInt(arguments[1]));
  }

  private void run(int count) {
    for (int i = 0; i < count; i += QUESTIONS) {
      out.println(JsonText.print(world()));
    }
    out.flush();
  }

  private JsonObject world() {
    List<JsonObject> documents = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      JsonObject.Builder document = JsonObject.builder().put("_key", "k" + i);
      if (random.nextInt(6) == 0) {
        document.put("_owner", "bob");
      }
      awkward.document().members().forEach(document::put);
      if (random.nextInt(3) == 0) {
        document.put("text", text(30));
      }
      documents.add(document.build());
    }
    AskedWorld world = AskedWorld.of(documents, List.of(awkward.path().text()));
    List<JsonValue> cases = new ArrayList<>();
    List<JsonValue> words = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      cases.add(world.answer(question(documents)));
      words.add(words(text(40)));
    }
    return JsonObject.builder()
        .put("documents", new JsonArray(List.copyOf(documents)))
        .put("cases", new JsonArray(cases))
        .put("words", new JsonArray(words))
        .build();
  }

  private JsonObject question(List<JsonObject> documents) {
    JsonObject.Builder question = JsonObject.builder();
    if (random.nextInt(4) > 0) {
      question.put("filter", Questions.json(awkward.filter(2)));
    }
    if (random.nextInt(3) == 0) {
      question.put("text", new JsonString(query(documents)));
    }
    List<JsonValue> sort = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      sort.add(
          JsonObject.builder()
              .put("field", field())
              .put("dir", random.nextBoolean() ? "asc" : "desc")
              .build());
    }
    if (!sort.isEmpty()) {
      question.put("sort", new JsonArray(sort));
    }
    if (random.nextBoolean()) {
      question.put("limit", JsonNumber.of(1 + random.nextInt(30)));
    }
    if (random.nextInt(4) == 0) {
      List<JsonValue> fields =
          IntStream.range(0, random.nextInt(3))
              .<JsonValue>mapToObj(i -> new JsonString(awkward.path().text()))
              .toList();
      question.put("fields", new JsonArray(fields));
    }
    return question.build();
  }

  private String field() {
    int which = random.nextInt(10);
    return which == 0 ? "_key" : which == 1 ? "_owner" : awkward.path().text();
  }

  /** Words of a document, perhaps not all of the last one. */
  private String query(List<JsonObject> documents) {
    JsonValue text = documents.get(random.nextInt(documents.size())).get("text");
    List<String> words = new ArrayList<>();
    Words.index(text instanceof JsonString string ? string.value() : "milk bread", words::add);
    if (words.isEmpty()) {
      return "";
    }
    String one = words.get(random.nextInt(words.size()));
    String last = words.get(random.nextInt(words.size()));
    return one + " " + last.substring(0, last.offsetByCodePoints(0, 1));
  }

  /** Characters of one script or some. */
  private String text(int most) {
    StringBuilder text = new StringBuilder();
    int first = random.nextBoolean() ? pick(SCRIPTS) : pick(PLACES);
    for (int i = random.nextInt(most); i > 0; i--) {
      int which = random.nextInt(12);
      int c =
          which == 0
              ? ' '
              : which == 1
                  ? 0x1f300 + random.nextInt(0x300)
                  : which == 2
                      ? pick(SCRIPTS) + random.nextInt(0x40)
                      : which == 3 ? random.nextInt(0x20, 0xd800) : first + random.nextInt(0x40);
      if (Character.isDefined(c)) {
        text.appendCodePoint(c);
      }
    }
    if (random.nextInt(20) == 0) {
      text.append("e").append("\u0301\u0323".repeat(10 + random.nextInt(10)));
    }
    return text.toString();
  }

  private int pick(List<Integer> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static JsonObject words(String text) {
    List<JsonValue> indexed = new ArrayList<>();
    Words.index(text, word -> indexed.add(new JsonString(word)));
    return JsonObject.builder()
        .put("text", text)
        .put("indexed", new JsonArray(indexed))
        .put(
            "query",
            new JsonArray(Words.query(text).stream().<JsonValue>map(JsonString::new).toList()))
        .build();
  }
}
