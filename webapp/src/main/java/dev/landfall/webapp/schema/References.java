package dev.landfall.webapp.schema;

import dev.harrel.jsonschema.JsonSchemaException;
import dev.harrel.jsonschema.Validator;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows every reference of a schema once, so that one that leads nowhere, or out of here, is
 * found at start.
 */
final class References {
  private static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef");
  private static final Set<String> DATA = Set.of("const", "enum", "default", "examples");
  private static final Set<String> MAPS =
      Set.of(
          "properties",
          "patternProperties",
          "$defs",
          "definitions",
          "dependentSchemas",
          "dependencies");

  private final Validator validator;
  private final List<String> errors;

  private References(Validator validator, List<String> errors) {
    this.validator = validator;
    this.errors = errors;
  }

  /**
   * Checks all references of a registered schema.
   *
   * @param errors gets a line for each that cannot be followed
   */
  static void check(JsonValue schema, URI base, Validator validator, List<String> errors) {
    new References(validator, errors).visit(schema, base, "");
  }

  private void visit(JsonValue schema, URI base, String place) {
    if (schema instanceof JsonArray several) {
      for (int i = 0; i < several.values().size(); i++) {
        visit(several.values().get(i), base, place + "/" + i);
      }
    }
    if (!(schema instanceof JsonObject object)) {
      return;
    }
    URI inner = base;
    if (object.get("$id") instanceof JsonString id && !id.value().startsWith("#")) {
      inner = resolve(base, id.value(), place + "/$id");
    }
    for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
      String at = place + "/" + member.getKey();
      if (REFERENCES.contains(member.getKey()) && member.getValue() instanceof JsonString ref) {
        follow(resolve(inner, ref.value(), at), at);
      } else if (MAPS.contains(member.getKey()) && member.getValue() instanceof JsonObject map) {
        for (Map.Entry<String, JsonValue> entry : map.members().entrySet()) {
          visit(entry.getValue(), inner, at + "/" + entry.getKey());
        }
      } else if (!DATA.contains(member.getKey())) {
        visit(member.getValue(), inner, at);
      }
    }
  }

  private URI resolve(URI base, String reference, String place) {
    try {
      if (reference.startsWith("#")) {
        String text = base.toString();
        int hash = text.indexOf('#');
        return URI.create((hash < 0 ? text : text.substring(0, hash)) + reference);
      }
      return base.resolve(reference);
    } catch (IllegalArgumentException e) {
      errors.add("the reference at " + place + " is not a URI");
      return base;
    }
  }

  private void follow(URI reference, String place) {
    try {
      validator.validate(reference, ValueNode.of(JsonNull.NULL, CheckEffort.of(JsonNull.NULL)));
    } catch (CheckEffort.TooCostlyException e) {
      // it leads somewhere, and whoever uses the schema is told when it costs too much
    } catch (JsonSchemaException e) {
      errors.add(
          "the reference at " + place + " leads nowhere; remote references are not followed");
    } catch (StackOverflowError e) {
      errors.add("the reference at " + place + " leads back to itself");
    }
  }
}
