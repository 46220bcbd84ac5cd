package dev.landfall.webapp.schema;

import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.InvalidSchemaException;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonSchemaException;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.sync.DocumentSchema;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema of 2020-12 or draft-07. {@code format} is an annotation; references leave the
 * schema only for the meta-schemas. Why this library: ADR 5. Safe for concurrent use.
 */
public final class JsonSchema implements DocumentSchema {
  private static final URI SELF = URI.create("urn:landfall:schema");
  private static final int MAX_VIOLATIONS = 20;
  private static final int MAX_BYTES = 256 * 1024;

  private static final Set<String> DIALECTS =
      Set.of(
          "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema");

  /** Keywords whose failure only says that something below them failed. */
  private static final Set<String> OUTER =
      Set.of(
          "properties",
          "patternProperties",
          "additionalProperties",
          "unevaluatedProperties",
          "items",
          "prefixItems",
          "additionalItems",
          "unevaluatedItems",
          "allOf",
          "$ref",
          "$dynamicRef",
          "then",
          "else",
          "if",
          "dependentSchemas",
          "dependencies",
          "propertyNames");

  private final JsonValue schema;
  private final Validator validator;

  private JsonSchema(JsonValue schema, Validator validator) {
    this.schema = schema;
    this.validator = validator;
  }

  /**
   * Prepares a schema.
   *
   * @throws SchemaException if it is not valid by its meta-schema, refers to something that is not
   *     there or not here, or has a regular expression that cannot be run in bounded time
   */
  public static DocumentSchema compile(JsonValue schema) throws SchemaException {
    if (JsonText.bytes(schema).length() > MAX_BYTES) {
      throw new SchemaException("has more than " + MAX_BYTES + " bytes");
    }
    if (schema instanceof JsonObject object
        && object.get("$schema") instanceof JsonString dialect
        && !DIALECTS.contains(dialect.value().replaceAll("#$", ""))) {
      throw new SchemaException(
          "$schema must be https://json-schema.org/draft/2020-12/schema or"
              + " http://json-schema.org/draft-07/schema#");
    }
    List<String> errors = new ArrayList<>();
    Validator validator =
        new ValidatorFactory()
            .withJsonNodeFactory(new ValueNode.Factory())
            .withEvaluatorFactory(new BoundedKeywords(errors))
            .createValidator();
    try {
      validator.registerSchema(SELF, ValueNode.of(schema));
      References.check(schema, SELF, validator, errors);
    } catch (InvalidSchemaException e) {
      throw new SchemaException("is not a valid schema: " + firstOf(e));
    } catch (JsonSchemaException | IllegalArgumentException e) {
      throw new SchemaException("is not a schema that can be used: " + e.getMessage());
    }
    if (!errors.isEmpty()) {
      throw new SchemaException(String.join("; ", errors));
    }
    return new JsonSchema(schema, validator);
  }

  private static String firstOf(InvalidSchemaException e) {
    return e.getErrors().isEmpty()
        ? String.valueOf(e.getMessage())
        : "at "
            + e.getErrors().get(0).getInstanceLocation()
            + ": "
            + e.getErrors().get(0).getError();
  }

  @Override
  public List<Violation> violations(JsonObject document) {
    Validator.Result result = validator.validate(SELF, ValueNode.of(document));
    if (result.isValid()) {
      return List.of();
    }
    Map<String, Violation> byField = new LinkedHashMap<>();
    for (Error error : result.getErrors()) {
      String keyword = error.getKeyword(); // null where the schema is just "false"
      if (keyword == null || !OUTER.contains(keyword)) {
        add(error, document, byField);
      }
    }
    if (byField.isEmpty()) {
      byField.put("", new Violation("", "does not match the schema"));
    }
    return byField.values().stream().limit(MAX_VIOLATIONS).toList();
  }

  private void add(Error error, JsonObject document, Map<String, Violation> byField) {
    String pointer = error.getInstanceLocation();
    JsonValue limit = keywordValue(error);
    String message = Messages.of(error.getKeyword(), limit);
    if (limit instanceof JsonArray names && "required".equals(error.getKeyword())) {
      JsonValue at = Pointer.find(document, pointer);
      for (JsonValue name : names.values()) {
        if (at instanceof JsonObject object
            && name instanceof JsonString text
            && object.get(text.value()) == null) {
          put(pointer + "/" + JsonNode.encodeJsonPointer(text.value()), message, byField);
        }
      }
    } else {
      put(pointer, message, byField);
    }
  }

  private static void put(String pointer, String message, Map<String, Violation> byField) {
    String field = pointer.startsWith("/") ? pointer.substring(1) : pointer;
    byField.putIfAbsent(field, new Violation(field, message));
  }

  /** What the schema says at the keyword that failed; null if that is not in this schema. */
  private @Nullable JsonValue keywordValue(Error error) {
    String location = error.getSchemaLocation();
    int hash = location.indexOf('#');
    String keyword = error.getKeyword();
    if (hash < 0 || keyword == null) {
      return null;
    }
    return Pointer.find(schema, location.substring(hash + 1)) instanceof JsonObject object
        ? object.get(keyword)
        : null;
  }
}
