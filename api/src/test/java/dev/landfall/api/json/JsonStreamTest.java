package dev.landfall.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonStreamTest {
  private static JsonStream stream(String text) throws IOException {
    byte[] utf8 = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return new JsonStream(new ByteArrayInputStream(utf8), 50_000);
  }

  private static List<String> elements(String text) throws IOException, JsonFormatException {
    List<String> read = new ArrayList<>();
    JsonStream json = stream(text);
    json.object(
        name -> {
          if (name.equals("list")) {
            json.array(index -> read.add(index + " " + json.value()));
          }
        });
    json.end();
    return read;
  }

  @Test
  void onlyWhatIsAskedForIsRead() throws Exception {
    assertThat(elements("{'a': [1, {'x': [2]}], 'list': [1, 'two', {'three': [3]}, []], 'b': 'c'}"))
        .containsExactly("0 1", "1 \"two\"", "2 {\"three\":[3]}", "3 []");
  }

  @Test
  void elementsMayBePassedOver() throws Exception {
    JsonStream json = stream("[[1], 2, {'a': 3}]");
    List<Integer> seen = new ArrayList<>();

    json.array(seen::add);
    json.end();

    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void whatIsNotJsonIsRefusedWhereverItStands() {
    for (String text :
        List.of(
            "",
            "{",
            "{'list': [1",
            "{'list': [1,]}",
            "{'list': {}}",
            "{'a': [1, 'list': []}",
            "{'list': []} 1",
            "{'list': [{'a': 1, 'a': 2}]}",
            "[]")) {
      assertThatThrownBy(() -> elements(text))
          .describedAs(text)
          .isInstanceOf(JsonFormatException.class);
    }
  }

  @Test
  void aValueThatIsTooLongIsNotReadToItsEnd() throws Exception {
    String small = "'" + "x".repeat(20_000) + "'";
    String large = "'" + "x".repeat(200_000) + "'";

    assertThat(elements("{'list': [" + (small + ",").repeat(20) + "1], 'other': " + large + "}"))
        .hasSize(21);
    assertThatThrownBy(() -> elements("{'list': [" + large + "]}"))
        .isInstanceOf(JsonFormatException.class)
        .hasMessage("has more than 50000 bytes");
  }
}
