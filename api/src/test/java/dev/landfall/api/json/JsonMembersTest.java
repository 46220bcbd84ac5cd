package dev.landfall.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class JsonMembersTest {
  private static JsonObject read(String text, String... names) throws JsonFormatException {
    return new JsonMembers(Set.of(names)).of(Bytes.utf8(text));
  }

  @Test
  void someMembersAreReadAndTheOthersPassedOver() throws JsonFormatException {
    String text = "{\"a\":{\"b\":[1,{\"c\":2}]},\"c\":\"x\",\"d\":[\"}\"],\"e\":null}";

    assertThat(read(text, "c", "e", "missing"))
        .isEqualTo(JsonText.parse("{\"c\":\"x\",\"e\":null}"));
    assertThat(read(text)).isEqualTo(JsonObject.EMPTY);
    assertThat(read(text, "a")).isEqualTo(JsonText.parse("{\"a\":{\"b\":[1,{\"c\":2}]}}"));
  }

  @Test
  void whatIsNoObjectOrHasNoEndIsDamaged() {
    for (String damaged : List.of("[]", "{\"", "{\"x\":1", "{\"x\"1}", "{x:1}", "", "{\"x\":[}")) {
      assertThatThrownBy(() -> read(damaged, "a"))
          .as(damaged)
          .isInstanceOf(JsonFormatException.class);
    }
  }

  @Test
  void nothingIsLookedForBehindTheEnd() throws JsonFormatException {
    JsonMembers members = new JsonMembers(Set.of("a", "b"), Optional.of("_key"));

    assertThat(members.of(Bytes.utf8("{\"_keys\":1,\"a\":2,\"_key\":3,\"b\":[}")))
        .isEqualTo(JsonObject.builder().put("a", 2).build());
  }

  @Test
  void aNameIsFoundHoweverItIsEscaped() throws JsonFormatException {
    assertThat(read("{\"\\u0061\":1,\"b\\\"\":2}", "a", "b\""))
        .isEqualTo(JsonObject.builder().put("a", 1).put("b\"", 2).build());
  }

  @Property(tries = 2_000)
  void whatIsReadIsWhatTheWholeTextHas(
      @ForAll("objects") JsonObject object, @ForAll("names") Set<String> names)
      throws JsonFormatException {
    Map<String, JsonValue> wanted = new LinkedHashMap<>();
    object
        .members()
        .forEach(
            (name, value) -> {
              if (names.contains(name)) {
                wanted.put(name, value);
              }
            });

    JsonObject found = new JsonMembers(names).of(JsonText.bytes(object));

    assertThat(found).isEqualTo(JsonObject.of(wanted));
  }

  @Provide
  Arbitrary<Set<String>> names() {
    return texts().set().ofMaxSize(12);
  }

  @Provide
  Arbitrary<JsonObject> objects() {
    return objects(2);
  }

  private static Arbitrary<JsonObject> objects(int depth) {
    Arbitrary<JsonValue> leaf =
        Arbitraries.<JsonValue>oneOf(
            texts().map(JsonString::new),
            Arbitraries.longs().map(JsonNumber::of),
            Arbitraries.of(JsonBoolean.TRUE, JsonBoolean.FALSE, JsonNull.NULL));
    Arbitrary<JsonValue> any =
        depth == 0
            ? leaf
            : Arbitraries.<JsonValue>oneOf(
                leaf, leaf.list().ofMaxSize(3).map(JsonArray::new), objects(depth - 1));
    return Arbitraries.maps(texts(), any).ofMaxSize(9).map(JsonObject::of);
  }

  /** Short ones of few characters, so that names are met; quotes, escapes, all widths of UTF-8. */
  private static Arbitrary<String> texts() {
    return Arbitraries.of(
            "a", "b", "\"", "\\", "{", "]", ",", "\n", "\u00e9", "\u4e2d", "\ud83d\ude00")
        .list()
        .ofMaxSize(20)
        .map(parts -> String.join("", parts));
  }
}
