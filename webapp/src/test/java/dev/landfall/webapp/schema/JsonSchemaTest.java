package dev.landfall.webapp.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.commit.DocumentSchema;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

  private static JsonValue json(String text) {
    try {
      return JsonText.parse(text.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static DocumentSchema schema(String text) {
    try {
      return JsonSchema.compile(json(text));
    } catch (SchemaException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static List<String> fields(String schema, String document) {
    return schema(schema).violations((JsonObject) json(document)).stream()
        .map(DocumentSchema.Violation::field)
        .toList();
  }

  @Test
  void aValidDocumentHasNoViolations() {
    assertThat(fields("{'type': 'object', 'required': ['a']}", "{'a': 1}")).isEmpty();
  }

  @Test
  void theFieldIsThePathOfWhatIsMissing() {
    assertThat(fields("{'required': ['a', 'b', 'c']}", "{'b': 1}"))
        .containsExactlyInAnyOrder("a", "c");
    assertThat(
            fields(
                "{'properties': {'o': {'properties': {'p': {'required': ['q']}}}}}",
                "{'o': {'p': {}}}"))
        .containsExactly("o/p/q");
  }

  @Test
  void theFieldIsThePathOfWhatIsWrong() {
    assertThat(
            fields(
                "{'properties': {'a': {'type': 'string'}, 'l': {'items': {'type': 'integer'}}}}",
                "{'a': 5, 'l': [1, 'x', 2, 1.5]}"))
        .containsExactlyInAnyOrder("a", "l/1", "l/3");
  }

  @Test
  void namesWithSlashesAreEscapedAsInAJsonPointer() {
    assertThat(fields("{'required': ['a/b~c']}", "{}")).containsExactly("a~1b~0c");
  }

  @Test
  void membersThatAreNotAllowedAreNamed() {
    assertThat(
            fields(
                "{'properties': {'a': true}, 'patternProperties': {'^x-': {'type': 'string'}},"
                    + " 'additionalProperties': false}",
                "{'a': 1, 'x-1': 's', 'b': 2}"))
        .containsExactly("b");
    assertThat(
            fields(
                "{'allOf': [{'properties': {'a': true}}], 'patternProperties': {'^x': true},"
                    + " 'unevaluatedProperties': false}",
                "{'a': 1, 'x': 2, 'b': 3}"))
        .containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'properties': {'a': {'type': 'integer'}}}",
        "{'properties': {'a': {'enum': ['x']}}}",
        "{'properties': {'a': {'const': 'x'}}}",
        "{'properties': {'a': {'pattern': '^x$'}}}",
        "{'properties': {'a': {'maxLength': 3}}}",
        "{'properties': {'a': {'not': {'type': 'string'}}}}",
        "{'properties': {'a': {'anyOf': [{'type': 'null'}, {'const': 1}]}}}",
        "{'properties': {'a': {'oneOf': [{'type': 'null'}, {'const': 1}]}}}",
        "{'properties': {'a': false}}",
        "{'patternProperties': {'a': {'type': 'null'}}}",
        "{'propertyNames': {'pattern': '^b'}}",
        "{'additionalProperties': {'type': 'null'}}"
      })
  void aMessageHoldsNothingOfTheDocument(String schema) {
    List<DocumentSchema.Violation> violations =
        schema(schema).violations((JsonObject) json("{'a': 'secret'}"));

    assertThat(violations).isNotEmpty();
    assertThat(violations)
        .allSatisfy(
            violation -> {
              assertThat(violation.message()).isNotBlank().doesNotContain("secret");
              assertThat(violation.field()).isIn("a", "");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'minimum': 5} | 4 | must be at least 5",
        "{'type': ['string', 'null']} | 4 | must be of type string or null",
        "{'minLength': 2} | \"x\" | must have at least 2 characters",
        "{'pattern': '^[0-9]+$'} | \"x\" | must match the pattern ^[0-9]+$",
        "{'uniqueItems': true} | [1, 1.0] | must have no element twice"
      })
  void aMessageSaysWhatTheSchemaWants(String schema, String value, String message) {
    assertThat(
            schema("{'properties': {'a': " + schema + "}}")
                .violations((JsonObject) json("{'a': " + value + "}")))
        .containsExactly(new DocumentSchema.Violation("a", message));
  }

  @Test
  void bothDialectsAreUnderstood() {
    String draft7 = "{'$schema': 'http://json-schema.org/draft-07/schema#', ";

    assertThat(
            fields(
                draft7
                    + "'properties': {'l': {'items': [{'type': 'string'}], 'additionalItems': false}}}",
                "{'l': ['x', 1]}"))
        .containsExactly("l/1");
    assertThat(
            fields(
                draft7
                    + "'definitions': {'d': {'type': 'null'}}, 'properties': {'a': {'$ref': '#/definitions/d'}}}",
                "{'a': 1}"))
        .containsExactly("a");
    assertThat(
            fields(
                "{'properties': {'l': {'prefixItems': [{'type': 'string'}], 'items': false}}}",
                "{'l': ['x', 1]}"))
        .containsExactly("l/1");
  }

  @Test
  void formatIsOnlyAnAnnotation() {
    assertThat(fields("{'properties': {'a': {'format': 'email'}}}", "{'a': 'nonsense'}")).isEmpty();
  }

  @Test
  void numbersAreExact() {
    assertThat(fields("{'properties': {'a': {'type': 'integer'}}}", "{'a': 1.0}")).isEmpty();
    assertThat(
            fields(
                "{'properties': {'a': {'maximum': 9007199254740992}}}", "{'a': 9007199254740993}"))
        .containsExactly("a");
    assertThat(fields("{'properties': {'a': {'const': 1}}}", "{'a': 1.00}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type': 'strin'}",
        "{'required': 'a'}",
        "{'minLength': -1}",
        "{'$schema': 'http://json-schema.org/draft-04/schema#'}",
        "{'$schema': 'https://example.org/mine'}",
        "{'$ref': 'https://example.org/other.json'}",
        "{'properties': {'a': {'$ref': 'http://example.org/x'}}}",
        "{'properties': {'a': {'$ref': 'other.json'}}}",
        "{'properties': {'a': {'$ref': 'file:///etc/passwd'}}}",
        "{'properties': {'a': {'$ref': '#/$defs/missing'}}}",
        "{'anyOf': [{'$ref': '#nowhere'}]}",
        "{'$ref': '#'}",
        "{'pattern': '(?=x)'}",
        "{'pattern': '(a)\\\\1'}",
        "{'pattern': '('}",
        "{'patternProperties': {'(?!x)': true}}",
        "{'$defs': {'x': {'pattern': '(?<=y)z'}}}"
      })
  void aSchemaThatCannotBeUsedIsFoundAtStart(String schema) {
    assertThatThrownBy(() -> JsonSchema.compile(json(schema))).isInstanceOf(SchemaException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "{'properties': {'$ref': {'type': 'string'}, 'pattern': {'type': 'string'}}}",
        "{'$defs': {'t': {'properties': {'child': {'$ref': '#/$defs/t'}}}}, '$ref': '#/$defs/t'}",
        "{'$id': 'https://example.org/a', '$defs': {'b': {'$id': 'b', 'type': 'object'}}, '$ref': 'b'}",
        "{'$defs': {'x': {'$anchor': 'here', 'type': 'object'}}, '$ref': '#here'}",
        "{'properties': {'meta': {'$ref': 'https://json-schema.org/draft/2020-12/schema'}}}",
        "{'const': {'$ref': 'http://example.org/data'}}",
        "{'pattern': '^\\\\u0041\\\\/\\\\-\\\\d{3}[^\\\\s]$'}"
      })
  void aSchemaThatKeepsToItselfIsFine(String schema) {
    assertThatCode(() -> JsonSchema.compile(json(schema))).doesNotThrowAnyException();
  }

  @Test
  void aRecursiveSchemaChecksEveryLevel() {
    assertThat(
            fields(
                "{'$defs': {'t': {'required': ['n'], 'properties': {'child': {'$ref': '#/$defs/t'}}}}, '$ref':"
                    + " '#/$defs/t'}",
                "{'n': 1, 'child': {'n': 1, 'child': {}}}"))
        .containsExactly("child/child/n");
  }

  @Test
  void aHugeSchemaIsRefused() {
    assertThatThrownBy(
            () ->
                JsonSchema.compile(
                    JsonObject.builder().put("description", "x".repeat(300_000)).build()))
        .isInstanceOf(SchemaException.class);
  }

  @Test
  void anEvilExpressionAndAnEvilArrayCostLittle() {
    DocumentSchema schema =
        schema("{'properties': {'a': {'pattern': '^(a+)+$'}, 'l': {'uniqueItems': true}}}");
    List<JsonValue> many = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      many.add(JsonNumber.of(i));
    }
    JsonObject document =
        JsonObject.builder()
            .put("a", new JsonString("a".repeat(50_000) + "!"))
            .put("l", new JsonArray(many))
            .build();

    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    List<DocumentSchema.Violation> violations = schema.violations(document);
    long busy = threads.getCurrentThreadCpuTime() - start;

    assertThat(violations).extracting(DocumentSchema.Violation::field).containsExactly("a");
    assertThat(busy).isLessThan(3_000_000_000L);
  }

  /** Each level applies the schema to the level below twice: 2^60 times to the innermost. */
  private static final String TWICE_A_LEVEL =
      "{'oneOf': [{'properties': {'a': {'$ref': '#'}}, 'required': ['x']},"
          + " {'properties': {'a': {'$ref': '#'}}, 'required': ['y']}]%s}";

  private static JsonObject nested(int levels, String innermost) {
    return (JsonObject) json("{'a':".repeat(levels) + innermost + "}".repeat(levels));
  }

  @Test
  void aValueIsComparedWithASchemaOnceHoweverManyWaysLeadThere() {
    DocumentSchema schema = schema(TWICE_A_LEVEL.formatted(""));

    assertThat(busy(() -> schema.violations(nested(60, "{'b': 1}")))).isLessThan(3_000_000_000L);
    assertThat(schema.violations(nested(60, "{'b': 1}")))
        .extracting(DocumentSchema.Violation::message)
        .doesNotContain("takes more to be checked against the schema than is allowed");
  }

  @Test
  void aDocumentThatTakesTooManyStepsToCheckIsNotValid() {
    DocumentSchema schema =
        schema(TWICE_A_LEVEL.formatted(", 'unevaluatedProperties': {'type': 'object'}"));

    assertThat(busy(() -> schema.violations(nested(60, "{'b': 1}")))).isLessThan(3_000_000_000L);
    assertThat(schema.violations(nested(60, "{'b': 1}")))
        .containsExactly(
            new DocumentSchema.Violation(
                "", "takes more to be checked against the schema than is allowed"));
    assertThat(schema.violations((JsonObject) json("{'x': 1}")))
        .extracting(DocumentSchema.Violation::message)
        .doesNotContain("takes more to be checked against the schema than is allowed");
  }

  @Test
  void namesOfMembersAreComparedInBoundedTimeToo() {
    StringBuilder twice = new StringBuilder("{'propertyNames': {'$ref': '#/$defs/a0'}, '$defs': {");
    for (int i = 0; i < 60; i++) {
      String next = "{'$ref': '#/$defs/a" + (i + 1) + "'}";
      twice.append("'a%d': {'anyOf': [%s, %s]},".formatted(i, next, next));
    }
    DocumentSchema schema = schema(twice + "'a60': {'maxLength': 2}}}");

    assertThat(busy(() -> schema.violations((JsonObject) json("{'abc': 1}"))))
        .isLessThan(3_000_000_000L);
    assertThat(schema.violations((JsonObject) json("{'abc': 1}"))).isNotEmpty();
    assertThat(schema.violations((JsonObject) json("{'ab': 1}"))).isEmpty();
  }

  @Test
  void aReferenceThatLeadsBackToTheSameValueIsNoEndlessLoop() {
    DocumentSchema schema =
        schema(
            "{'if': {'type': 'object', 'required': ['a']}, 'then': {'$ref': '#'}, 'properties': {'b': {}}}");

    assertThat(schema.violations((JsonObject) json("{'a': 1}"))).hasSize(1);
    assertThat(schema.violations((JsonObject) json("{'b': 1}"))).isEmpty();
  }

  @Test
  void aLargeOrdinaryDocumentIsNotTooMuch() {
    DocumentSchema schema =
        schema(
            "{'properties': {'l': {'type': 'array', 'items': {'$ref': '#/$defs/p'}}}, '$defs': {'p':"
                + " {'type': 'object', 'required': ['x'], 'properties': {'x': {'type': 'integer',"
                + " 'minimum': 0}, 'y': {'type': 'string', 'maxLength': 10, 'pattern': '^a'}},"
                + " 'additionalProperties': false, 'unevaluatedProperties': false}}}");
    List<JsonValue> many = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      many.add(json("{'x': " + i + ", 'y': 'a'}"));
    }

    assertThat(schema.violations(JsonObject.builder().put("l", new JsonArray(many)).build()))
        .isEmpty();
  }

  @Test
  void theOperatorIsToldWhichSchemaCanCostALot() throws SchemaException {
    assertThat(JsonSchema.compile(json(TWICE_A_LEVEL.formatted(""))).warning()).isEmpty();
    assertThat(JsonSchema.compile(json("{'unevaluatedProperties': false}")).warning()).isEmpty();
    assertThat(
            JsonSchema.compile(json(TWICE_A_LEVEL.formatted(", 'unevaluatedProperties': false")))
                .warning())
        .isPresent();
  }

  private static long busy(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    work.run();
    return threads.getCurrentThreadCpuTime() - start;
  }
}
