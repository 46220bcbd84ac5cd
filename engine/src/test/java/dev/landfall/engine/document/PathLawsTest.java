package dev.landfall.engine.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Paths are injective, and taking a document apart loses nothing, whatever its names are. */
class PathLawsTest {
  @Property(tries = 5000)
  void differentNamesMakeDifferentPaths(
      @ForAll("names") List<String> one, @ForAll("names") List<String> other) {
    LeafPath first = path(one);
    LeafPath second = path(other);

    assertThat(first.equals(second)).isEqualTo(one.equals(other));
    assertThat(first.names()).isEqualTo(one);
    assertThat(LeafPath.parse(first.text())).isEqualTo(first);
  }

  @Property(tries = 5000)
  void aDocumentIsTheSumOfItsLeaves(@ForAll("documents") JsonObject document) {
    Map<LeafPath, JsonValue> leaves = Leaves.of(document);

    assertThat(Leaves.join(leaves)).isEqualTo(document);
    for (LeafPath path : leaves.keySet()) {
      assertThat(path.ancestors()).noneMatch(leaves::containsKey);
    }
  }

  private static LeafPath path(List<String> names) {
    LeafPath path = LeafPath.ofField(names.get(0));
    for (String name : names.subList(1, names.size())) {
      path = path.child(name);
    }
    return path;
  }

  @Provide
  Arbitrary<List<String>> names() {
    return name().list().ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<JsonObject> documents() {
    return object(2);
  }

  private static Arbitrary<String> name() {
    return Arbitraries.strings().withChars('.', '%', '2', '5', 'E', 'e', 'a', '_').ofMaxLength(5);
  }

  private static Arbitrary<JsonObject> object(int depth) {
    Arbitrary<JsonValue> number = Arbitraries.longs().map(JsonNumber::of);
    Arbitrary<JsonValue> value =
        depth == 0
            ? number
            : Arbitraries.<JsonValue>oneOf(number, object(depth - 1).map(o -> (JsonValue) o));
    return Arbitraries.maps(name(), value).ofMaxSize(4).map(JsonObject::of);
  }
}
