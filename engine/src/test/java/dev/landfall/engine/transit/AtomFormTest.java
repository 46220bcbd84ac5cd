package dev.landfall.engine.transit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.Vectors;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How values stand in documents, for all who write them there. */
class AtomFormTest {
  private static final int MAX_CHARS = 10_000;

  /** That of an application, which the vectors have. */
  private static final TransitTags TAGS = new TransitTags(Set.of("point"));

  static Stream<JsonObject> vectors() {
    return Vectors.read("atom-form").stream();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aValueStandsInADocumentAsTheVectorsSay(JsonObject vector) throws TransitException {
    JsonValue transit = Objects.requireNonNull(vector.get("transit"));
    JsonObject stored = Vectors.object(vector, "stored");

    JsonValue value = TransitJson.read(transit, TAGS, MAX_CHARS);

    assertThat(AtomForm.value(stored)).isEqualTo(value);
    if (!JsonBoolean.FALSE.equals(vector.get("written"))) {
      assertThat(AtomForm.fields(value)).isEqualTo(stored);
    }
  }
}
