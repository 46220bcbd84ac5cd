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
import dev.landfall.engine.commit.DocumentSchema;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
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

  /** With these in a schema, what holds for a value depends on how the validator got there. */
  private static final Set<String> DEPENDENT =
      Set.of("unevaluatedProperties", "unevaluatedItems", "$dynamicRef");

  private static final Violation TOO_COSTLY =
      new Violation("", "takes more to be checked against the schema than is allowed");

  private final JsonValue schema;
  private final Validator validator;
  private final boolean remembers;

  private JsonSchema(JsonValue schema, Validator validator, boolean remembers) {
    this.schema = schema;
    this.validator = validator;
    this.remembers = remembers;
  }

  /**
   * Prepares a schema.
   *
   * @throws SchemaException if it is not valid by its meta-schema, refers to something that is not
   *     there or not here, or has a regular expression that cannot be run in bounded time
   */
  public static JsonSchema compile(JsonValue schema) throws SchemaException {
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
    boolean remembers = !mentions(schema, JsonSchema::isDependent);
    Validator validator =
        new ValidatorFactory()
            .withJsonNodeFactory(new ValueNode.Factory())
            .withEvaluatorFactory(new BoundedKeywords(errors, remembers))
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
    return new JsonSchema(schema, validator, remembers);
  }

  private static boolean isDependent(String name, JsonValue value) {
    return DEPENDENT.contains(name)
        || (name.equals("$ref") && value instanceof JsonString ref && !ref.value().startsWith("#"));
  }

  private static boolean mentions(JsonValue schema, BiPredicate<String, JsonValue> wanted) {
    if (schema instanceof JsonArray several) {
      return several.values().stream().anyMatch(one -> mentions(one, wanted));
    }
    return schema instanceof JsonObject object
        && object.members().entrySet().stream()
            .anyMatch(
                member ->
                    wanted.test(member.getKey(), member.getValue())
                        || mentions(member.getValue(), wanted));
  }

  /** What an operator should know of this schema; empty if there is nothing. */
  public Optional<String> warning() {
    return !remembers
            && mentions(schema, (name, value) -> name.equals("$ref") || name.equals("$dynamicRef"))
        ? Optional.of(
            "refers to schemas, and has one of "
                + String.join(", ", new TreeSet<>(DEPENDENT))
                + " or a reference to elsewhere, so that a value may have to be checked many times;"
                + " a document for which that is too often is refused")
        : Optional.empty();
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
  public Optional<JsonValue> source() {
    return Optional.of(schema);
  }

  @Override
  public List<Violation> violations(JsonObject document) {
    Validator.Result result;
    try {
      result = validator.validate(SELF, ValueNode.of(document, CheckEffort.of(document)));
    } catch (CheckEffort.TooCostlyException | StackOverflowError e) {
      return List.of(TOO_COSTLY);
    }
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
