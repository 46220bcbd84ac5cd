package dev.landfall.webapp.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.engine.sync.DocumentSchema.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {
  private static List<Violation> check(String schema, String document) throws Exception {
    return JsonSchema.compile(JsonText.parse(schema.replace('\'', '"')))
        .violations((JsonObject) JsonText.parse(document.replace('\'', '"')));
  }

  private static List<String> fields(String schema, String document) throws Exception {
    return check(schema, document).stream().map(Violation::field).toList();
  }

  @Test
  void aMissingPropertyIsNamedByItsPath() throws Exception {
    String schema =
        "{'type':'object','required':['title'],'properties':{'o':{'type':'object','required':['x']}}}";

    assertThat(fields(schema, "{'o':{}}")).containsExactlyInAnyOrder("title", "o/x");
    assertThat(check(schema, "{'title':1,'o':{'x':1}}")).isEmpty();
  }

  @Test
  void anOffendingValueIsNamedByItsPath() throws Exception {
    String schema = "{'properties':{'n':{'type':'integer','minimum':3},'s':{'enum':['a']}}}";

    assertThat(fields(schema, "{'n':2,'s':'b'}")).containsExactlyInAnyOrder("n", "s");
    assertThat(fields(schema, "{'n':'x'}")).containsExactly("n");
  }

  @Test
  void whatTheSchemaForbidsAltogetherIsNamedByItsPath() throws Exception {
    assertThat(fields("{'properties':{'a':{}},'additionalProperties':false}", "{'a':1,'b':2}"))
        .containsExactly("b");
    assertThat(fields("{'properties':{'a':false}}", "{'a':1}")).containsExactly("a");
    assertThat(
            fields(
                "{'$schema':'http://json-schema.org/draft-07/schema#',"
                    + "'properties':{'l':{'items':[{}],'additionalItems':false}}}",
                "{'l':[1,2]}"))
        .containsExactly("l/1");
  }

  @Test
  void messagesHoldNothingOfTheDocument() throws Exception {
    String secret = "correct horse battery staple";

    List<Violation> violations =
        check(
            "{'properties':{'a':{'type':'integer'},'b':{'maxLength':3},'c':{'const':1}}}",
            "{'a':'" + secret + "','b':'" + secret + "','c':'" + secret + "'}");

    assertThat(violations).hasSize(3);
    assertThat(violations.toString()).doesNotContain("horse");
  }

  @Test
  void aCostlyExpressionRunsInLinearTime() throws Exception {
    String schema = "{'properties':{'a':{'pattern':'(a+)+$'}}}";

    assertThat(check(schema, "{'a':'" + "a".repeat(50_000) + "b'}")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'http://example.org/schema'}",
        "{'$ref':'#/nowhere'}",
        "{'type':'nonsense'}",
        "{'pattern':'(?<=a)b'}",
        "{'$schema':'http://json-schema.org/draft-04/schema#'}",
        "{'required':'title'}"
      })
  void aSchemaThatCannotBeUsedIsRefusedAtOnce(String schema) throws JsonFormatException {
    var json = JsonText.parse(schema.replace('\'', '"'));

    assertThatThrownBy(() -> JsonSchema.compile(json)).isInstanceOf(SchemaException.class);
  }
}
