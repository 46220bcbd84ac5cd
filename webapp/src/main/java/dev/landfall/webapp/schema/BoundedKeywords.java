package dev.landfall.webapp.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.EvaluatorFactory;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SchemaParsingContext;
import dev.landfall.api.json.CanonicalText;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonValue;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All keywords with their steps counted. Those whose cost in the library grows faster than the
 * document are our own: regular expressions, here in linear time by RE2, and the search for equal
 * elements, here by their canonical text. And a reference that has been followed from a value is
 * not followed from it again, without which each level of a schema that refers to itself twice
 * would cost twice as much as the one above.
 */
final class BoundedKeywords implements EvaluatorFactory {
  private static final int MAX_PATTERN = 1_000;
  private static final int MAX_PROGRAM = 20_000;

  /**
   * The library lists only failures that have a text; what the client reads is in {@link Messages}.
   */
  private static final String FAILED = "does not match";

  private final List<String> errors;
  private final boolean remembers;

  /**
   * The keywords.
   *
   * @param errors gets a line for each expression that cannot be used
   * @param remembers whether a reference is followed from a value once
   */
  BoundedKeywords(List<String> errors, boolean remembers) {
    this.errors = errors;
    this.remembers = remembers;
  }

  @Override
  public Optional<Evaluator> create(SchemaParsingContext context, String keyword, JsonNode node) {
    Optional<Evaluator> evaluator = ours(context, keyword, node);
    if (evaluator.isEmpty()) {
      evaluator = context.getDialect().getEvaluatorFactory().create(context, keyword, node);
    }
    return evaluator.map(Counted::new);
  }

  private Optional<Evaluator> ours(SchemaParsingContext context, String keyword, JsonNode node) {
    switch (keyword) {
      case "pattern":
        return node.isString()
            ? pattern(node.asString(), node.getJsonPointer()).map(Matches::new)
            : Optional.empty();
      case "patternProperties":
        return node.isObject() ? Optional.of(named(context, node)) : Optional.empty();
      case "$ref":
        return remembers
                && node.isString()
                && node.asString().startsWith("#")
                && !context.getCurrentSchemaObject().containsKey("$id") // draft-07 has its own way
            ? Optional.of(new Remembered(withoutFragment(context) + node.asString()))
            : Optional.empty();
      case "propertyNames":
        return node.isObject() || node.isBoolean()
            ? Optional.of(new Names(context.getAbsoluteUri(node)))
            : Optional.empty();
      case "uniqueItems":
        return node.isBoolean() && node.asBoolean() ? Optional.of(new Unique()) : Optional.empty();
      default:
        return Optional.empty();
    }
  }

  private static String withoutFragment(SchemaParsingContext context) {
    String base = context.getParentUri().toString();
    int hash = base.indexOf('#');
    return hash < 0 ? base : base.substring(0, hash);
  }

  private Evaluator named(SchemaParsingContext context, JsonNode node) {
    Map<Pattern, String> schemas = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.asObject().entrySet()) {
      pattern(entry.getKey(), node.getJsonPointer())
          .ifPresent(pattern -> schemas.put(pattern, context.getAbsoluteUri(entry.getValue())));
    }
    return new NamedLike(schemas);
  }

  private Optional<Pattern> pattern(String expression, String place) {
    String problem;
    if (expression.length() > MAX_PATTERN) {
      problem = "has more than " + MAX_PATTERN + " characters";
    } else {
      try {
        Pattern pattern = Pattern.compile(toRe2(expression));
        if (pattern.programSize() <= MAX_PROGRAM) {
          return Optional.of(pattern);
        }
        problem = "is too costly";
      } catch (PatternSyntaxException e) {
        problem = "cannot be used: " + e.getDescription() + " (RE2 syntax, no look-around)";
      }
    }
    errors.add("the regular expression at " + place + " " + problem);
    return Optional.empty();
  }

  /**
   * ECMA-262 writes {@code \\u0041} and {@code \\cA} where RE2 wants {@code \\x{0041}}, and has an
   * empty negated class.
   */
  static String toRe2(String expression) {
    StringBuilder re2 = new StringBuilder(expression.length() + 8);
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c != '\\' || i + 1 == expression.length()) {
        re2.append(c);
        continue;
      }
      char next = expression.charAt(++i);
      if (next == 'u' && expression.startsWith("{", i + 1)) {
        re2.append("\\x");
      } else if (next == 'u' && i + 4 < expression.length()) {
        re2.append("\\x{").append(expression, i + 1, i + 5).append('}');
        i += 4;
      } else if (next == '/' || next == '-') {
        re2.append('\\').append(next);
      } else {
        re2.append('\\').append(next);
      }
    }
    return re2.toString();
  }

  private record Matches(Pattern pattern) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      return !node.isString() || pattern.matcher(node.asString()).find()
          ? Result.success()
          : Result.failure(FAILED);
    }
  }

  private record NamedLike(Map<Pattern, String> schemas) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      if (!node.isObject()) {
        return Result.success();
      }
      boolean valid = true;
      Set<String> seen = new HashSet<>();
      for (Map.Entry<String, JsonNode> member : node.asObject().entrySet()) {
        for (Map.Entry<Pattern, String> schema : schemas.entrySet()) {
          if (schema.getKey().matcher(member.getKey()).find()) {
            seen.add(member.getKey());
            valid &= context.resolveInternalRefAndValidate(schema.getValue(), member.getValue());
          }
        }
      }
      return valid ? Result.success(seen) : Result.failure(FAILED);
    }
  }

  /** In the library a name is a node of another class, whose steps nobody would count. */
  private record Names(String schema) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      boolean valid = true;
      if (node.isObject() && node instanceof ValueNode object) {
        for (String name : object.asObject().keySet()) {
          valid &= context.resolveInternalRefAndValidate(schema, object.name(name));
        }
      }
      return valid ? Result.success() : Result.failure(FAILED);
    }
  }

  private record Unique() implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      if (node.isArray() && node instanceof ValueNode array) {
        Set<String> seen = new HashSet<>();
        for (JsonValue element : ((JsonArray) array.value()).values()) {
          if (!seen.add(CanonicalText.of(element))) {
            return Result.failure(FAILED);
          }
        }
      }
      return Result.success();
    }
  }

  private record Counted(Evaluator evaluator) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      if (node instanceof ValueNode value) {
        value.effort().apply(value.value());
      }
      return evaluator.evaluate(context, node);
    }

    @Override
    public int getOrder() {
      return evaluator.getOrder();
    }
  }

  private record Remembered(String schema) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      boolean valid =
          node instanceof ValueNode value
              ? known(context, value)
              : context.resolveRefAndValidate(schema, node);
      return valid ? Result.success() : Result.failure(FAILED);
    }

    private boolean known(EvaluationContext context, ValueNode value) {
      Boolean known = value.known().get(this);
      if (known == null) {
        known = context.resolveRefAndValidate(schema, value);
        value.known().put(this, known);
      }
      return known;
    }
  }
}
