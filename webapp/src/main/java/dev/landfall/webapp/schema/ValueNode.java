package dev.landfall.webapp.schema;

import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.SimpleType;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of our JSON values, and where it is, as the validator wants to see it. What is below is
 * wrapped when it is looked at.
 */
final class ValueNode implements JsonNode {
  private final JsonValue value;
  private final String pointer;
  private final SimpleType type;
  private final CheckEffort effort;
  private @Nullable List<JsonNode> elements;
  private @Nullable Map<String, JsonNode> members;
  private @Nullable Map<Object, Boolean> known;

  private ValueNode(JsonValue value, String pointer, CheckEffort effort) {
    this.value = value;
    this.pointer = pointer;
    this.type = typeOf(value);
    this.effort = effort;
  }

  /** Of a schema. */
  static ValueNode of(JsonValue value) {
    return of(value, CheckEffort.unlimited());
  }

  /** Of a document whose check may cost {@code effort}. */
  static ValueNode of(JsonValue value, CheckEffort effort) {
    return new ValueNode(value, "", effort);
  }

  /** The name of a member of this, which is where this is. */
  ValueNode name(String name) {
    return new ValueNode(new JsonString(name), pointer, effort);
  }

  CheckEffort effort() {
    return effort;
  }

  /** What is known already of this value, by what it was compared with. */
  Map<Object, Boolean> known() {
    Map<Object, Boolean> answers = known;
    if (answers == null) {
      answers = new IdentityHashMap<>();
      known = answers;
    }
    return answers;
  }

  JsonValue value() {
    return value;
  }

  private static SimpleType typeOf(JsonValue value) {
    if (value instanceof JsonString) {
      return SimpleType.STRING;
    }
    if (value instanceof JsonObject) {
      return SimpleType.OBJECT;
    }
    if (value instanceof JsonArray) {
      return SimpleType.ARRAY;
    }
    if (value instanceof JsonBoolean) {
      return SimpleType.BOOLEAN;
    }
    if (value instanceof JsonNumber number) {
      return isInteger(number) ? SimpleType.INTEGER : SimpleType.NUMBER;
    }
    return SimpleType.NULL;
  }

  private static boolean isInteger(JsonNumber number) {
    String text = number.text();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' || c == 'e' || c == 'E') {
        BigDecimal exact = number.value();
        return exact.signum() == 0 || exact.stripTrailingZeros().scale() <= 0;
      }
    }
    return true;
  }

  /** The validator asks for this only to note something down. */
  @Override
  public String getJsonPointer() {
    effort.note();
    return pointer;
  }

  @Override
  public SimpleType getNodeType() {
    return type;
  }

  @Override
  public boolean asBoolean() {
    return value == JsonBoolean.TRUE;
  }

  @Override
  public String asString() {
    return value instanceof JsonString string ? string.value() : value.toString();
  }

  @Override
  public BigInteger asInteger() {
    return asNumber().toBigInteger();
  }

  @Override
  public BigDecimal asNumber() {
    return value instanceof JsonNumber number ? number.value() : BigDecimal.ZERO;
  }

  @Override
  public List<JsonNode> asArray() {
    List<JsonNode> all = elements;
    if (all == null) {
      all = new ArrayList<>();
      if (value instanceof JsonArray array) {
        for (JsonValue element : array.values()) {
          all.add(new ValueNode(element, pointer + "/" + all.size(), effort));
        }
      }
      elements = all;
    }
    return all;
  }

  @Override
  public Map<String, JsonNode> asObject() {
    Map<String, JsonNode> all = members;
    if (all == null) {
      all = new LinkedHashMap<>();
      if (value instanceof JsonObject object) {
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
          all.put(
              member.getKey(),
              new ValueNode(
                  member.getValue(),
                  pointer + "/" + JsonNode.encodeJsonPointer(member.getKey()),
                  effort));
        }
      }
      members = all;
    }
    return all;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueNode node && value.equals(node.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "a value at " + pointer;
  }

  /** Makes nodes of our values, and of text, which is how the meta-schemas come. */
  static final class Factory implements JsonNodeFactory {
    @Override
    public JsonNode wrap(Object node) {
      if (node instanceof ValueNode known) {
        return known;
      }
      if (node instanceof JsonValue value) {
        return of(value);
      }
      throw new IllegalArgumentException("not one of our JSON values");
    }

    @Override
    public JsonNode create(String text) {
      try {
        return of(JsonText.parse(text));
      } catch (JsonFormatException e) {
        throw new IllegalArgumentException(e);
      }
    }
  }
}
