package dev.landfall.engine.document;

import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.Vectors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeavesTest {
  @Test
  void leavesAndPathsAgreeWithTheVectors() {
    for (JsonObject vector : Vectors.read("flatten")) {
      Map<LeafPath, JsonValue> leaves = Leaves.of(Vectors.object(vector, "doc"));

      Map<String, JsonValue> flat = new LinkedHashMap<>();
      leaves.forEach((path, value) -> flat.put(path.text(), value));
      assertThat(flat).isEqualTo(Vectors.object(vector, "flat").members());
      assertThat(Leaves.join(leaves)).isEqualTo(Vectors.object(vector, "back"));
    }
  }

  @Test
  void differentPlacesHaveDifferentPaths() {
    JsonObject document =
        json("{'a.b':1,'a%2Eb':2,'a':{'b':3,'':4},'':{'a':5},'%':6,'%2':7,'a%252Eb':8}");

    Map<LeafPath, JsonValue> leaves = Leaves.of(document);

    assertThat(leaves).hasSize(8);
    assertThat(leaves).containsKeys(new LeafPath(".a"), new LeafPath("a."), new LeafPath("%25"));
    assertThat(Leaves.join(leaves)).isEqualTo(document);
  }

  @Test
  void aPercentSignThatBeginsNoEscapeIsItself() {
    assertThat(LeafPath.parse("100%.x")).isEqualTo(LeafPath.ofField("100%").child("x"));
    assertThat(LeafPath.parse("a%2Eb")).isEqualTo(LeafPath.ofField("a.b"));
    assertThat(LeafPath.parse("a%25b")).isEqualTo(LeafPath.ofField("a%b"));
    assertThat(LeafPath.parse("a%2eb")).isEqualTo(LeafPath.ofField("a%2eb"));
  }

  @Test
  void thePathsAboveALeafAreItsAncestors() {
    assertThat(LeafPath.parse("a.b.c").ancestors())
        .containsExactly(new LeafPath("a"), new LeafPath("a.b"));
    assertThat(LeafPath.parse(".a").ancestors()).containsExactly(new LeafPath(""));
    assertThat(LeafPath.ofField("a.b").ancestors()).isEmpty();
  }
}
