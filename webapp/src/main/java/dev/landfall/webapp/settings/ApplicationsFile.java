package dev.landfall.webapp.settings;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import dev.landfall.engine.query.SearchField;
import dev.landfall.webapp.http.LogText;
import dev.landfall.webapp.schema.JsonSchema;
import dev.landfall.webapp.schema.SchemaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The applications, their collections and what is said of those. Collects all errors. For one use.
 */
final class ApplicationsFile {
  private static final String EXAMPLE = "/dev/landfall/webapp/applications.json";
  private static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final Set<String> APPLICATION_MEMBERS = Set.of("description", "collections");
  private static final Set<String> COLLECTION_MEMBERS =
      Set.of("schema", "schemaPath", "merge", "indexes");

  private final List<String> errors;
  private final List<String> warnings;
  private @Nullable Path folder;

  /**
   * A reader.
   *
   * @param errors gets a line for each
   * @param warnings gets a line for what can be used but should be known
   */
  ApplicationsFile(List<String> errors, List<String> warnings) {
    this.errors = errors;
    this.warnings = warnings;
  }

  /** Reads a file. */
  List<ApplicationDefinition> read(String name) {
    try {
      Path file = Path.of(name).toAbsolutePath();
      folder = file.getParent();
      return parse(limited(file));
    } catch (IOException | InvalidPathException e) {
      errors.add("'" + LogText.of(name) + "' was given; it cannot be read");
    } catch (JsonFormatException e) {
      errors.add("'" + LogText.of(name) + "' was given; " + e.getMessage());
    }
    return List.of();
  }

  /** Reads the example that comes with the server. */
  List<ApplicationDefinition> readExample() {
    try (InputStream in = ApplicationsFile.class.getResourceAsStream(EXAMPLE)) {
      if (in == null) {
        throw new IllegalStateException(EXAMPLE + " is missing");
      }
      return parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JsonFormatException e) {
      throw new IllegalStateException(EXAMPLE + " is damaged", e);
    }
  }

  private static byte[] limited(Path file) throws IOException, JsonFormatException {
    if (Files.size(file) > MAX_BYTES) {
      throw new JsonFormatException("it has more than " + MAX_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }

  private List<ApplicationDefinition> parse(byte[] text) throws JsonFormatException {
    if (!(JsonText.parse(text) instanceof JsonObject all)) {
      throw new JsonFormatException("it must be an object with a member for each application");
    }
    if (all.isEmpty()) {
      throw new JsonFormatException("it has no application");
    }
    List<ApplicationDefinition> definitions = new ArrayList<>();
    for (Map.Entry<String, JsonValue> entry : all.members().entrySet()) {
      application(LogText.of(entry.getKey()), entry.getKey(), entry.getValue(), definitions);
    }
    return definitions;
  }

  private void application(
      String place, String name, JsonValue value, List<ApplicationDefinition> definitions) {
    ApplicationName application = null;
    try {
      application = new ApplicationName(name);
    } catch (IllegalArgumentException e) {
      errors.add(place + ": " + e.getMessage());
    }
    JsonObject members = object(place, value);
    refuseUnknown(place, members, APPLICATION_MEMBERS);
    JsonValue description = members.get("description");
    if (description != null && !(description instanceof JsonString)) {
      errors.add(place + ".description: must be a string, not " + description.type());
    }
    Map<CollectionName, CollectionDefinition> collections = new LinkedHashMap<>();
    JsonValue listed = members.get("collections");
    if (listed != null) {
      for (Map.Entry<String, JsonValue> entry :
          object(place + ".collections", listed).members().entrySet()) {
        String at = place + ".collections." + LogText.of(entry.getKey());
        CollectionDefinition definition = collection(at, entry.getValue());
        try {
          collections.put(new CollectionName(entry.getKey()), definition);
        } catch (IllegalArgumentException e) {
          errors.add(at + ": " + e.getMessage());
        }
      }
    }
    if (application != null) {
      definitions.add(
          new ApplicationDefinition(
              application,
              description instanceof JsonString text ? text.value() : "",
              collections));
    }
  }

  private CollectionDefinition collection(String place, JsonValue value) {
    JsonObject members = object(place, value);
    refuseUnknown(place, members, COLLECTION_MEMBERS);
    return new CollectionDefinition(
        schema(place, members),
        strategies(place + ".merge", members.get("merge")),
        indexes(place + ".indexes", members.get("indexes")));
  }

  private DocumentSchema schema(String place, JsonObject members) {
    JsonValue path = members.get("schemaPath");
    JsonValue inline = members.get("schema");
    try {
      if (path instanceof JsonString text) {
        return told(place + ".schemaPath", JsonSchema.compile(schemaFile(text.value())));
      }
      if (path != null) {
        errors.add(place + ".schemaPath: must be a string, not " + path.type());
      } else if (inline instanceof JsonObject || inline instanceof JsonBoolean) {
        return told(place + ".schema", JsonSchema.compile(inline));
      } else if (inline != null) {
        errors.add(place + ".schema: must be a schema, not " + inline.type());
      }
    } catch (SchemaException e) {
      errors.add(place + (path == null ? ".schema: " : ".schemaPath: ") + e.getMessage());
    }
    return DocumentSchema.NONE;
  }

  private DocumentSchema told(String place, JsonSchema schema) {
    schema.warning().ifPresent(warning -> warnings.add(place + " " + warning));
    return schema;
  }

  private JsonValue schemaFile(String name) throws SchemaException {
    try {
      Path base = folder;
      if (base == null) {
        throw new SchemaException("only an applications file of one's own can refer to others");
      }
      return JsonText.parse(limited(base.resolve(name)));
    } catch (IOException | InvalidPathException e) {
      throw new SchemaException("'" + LogText.of(name) + "' was given; it cannot be read");
    } catch (JsonFormatException e) {
      throw new SchemaException("'" + LogText.of(name) + "' was given; " + e.getMessage());
    }
  }

  private MergeStrategies strategies(String place, @Nullable JsonValue value) {
    if (value == null) {
      return MergeStrategies.NONE;
    }
    Map<LeafPath, MergeStrategy> strategies = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> entry : object(place, value).members().entrySet()) {
      String at = place + "." + LogText.of(entry.getKey());
      String name = entry.getValue() instanceof JsonString text ? text.value() : "";
      MergeStrategy strategy = MergeStrategy.named(name).orElse(null);
      if (strategy == null) {
        errors.add(
            at
                + ": "
                + LogText.of(entry.getValue().toString())
                + " was given; allowed is one of lww, text, set, counter, max, min");
      } else {
        path(at, entry.getKey(), strategies, strategy);
      }
    }
    return new MergeStrategies(strategies);
  }

  private void path(
      String place, String text, Map<LeafPath, MergeStrategy> strategies, MergeStrategy strategy) {
    if (text.startsWith("_")) {
      errors.add(place + ": names that start with '_' belong to the protocol");
    } else if (strategies.put(LeafPath.parse(text), strategy) != null) {
      errors.add(place + ": the same path is given twice");
    }
  }

  private IndexedFields indexes(String place, @Nullable JsonValue value) {
    if (value == null) {
      return IndexedFields.NONE;
    }
    if (!(value instanceof JsonArray array)) {
      errors.add(place + ": must be an array of paths, not " + value.type());
      return IndexedFields.NONE;
    }
    if (array.values().size() > IndexedFields.MAX_PATHS) {
      errors.add(place + ": holds more than " + IndexedFields.MAX_PATHS + " paths");
    }
    List<LeafPath> paths = new ArrayList<>();
    for (int i = 0; i < array.values().size(); i++) {
      String at = place + "[" + i + "]";
      JsonValue element = array.values().get(i);
      if (!(element instanceof JsonString text)
          || text.value().isEmpty()
          || text.value().startsWith("_")
          || text.value().length() > SearchField.MAX_LENGTH) {
        errors.add(at + ": must be the path of a field");
      } else if (paths.contains(LeafPath.parse(text.value()))) {
        errors.add(at + ": the same path is given twice");
      } else {
        paths.add(LeafPath.parse(text.value()));
      }
    }
    return new IndexedFields(paths);
  }

  private JsonObject object(String place, JsonValue value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    errors.add(place + ": must be an object, not " + value.type());
    return JsonObject.EMPTY;
  }

  private void refuseUnknown(String place, JsonObject object, Set<String> known) {
    for (String name : object.members().keySet()) {
      if (!known.contains(name)) {
        errors.add(
            place
                + "."
                + LogText.of(name)
                + ": is not known; allowed are "
                + String.join(", ", new java.util.TreeSet<>(known)));
      }
    }
  }
}
