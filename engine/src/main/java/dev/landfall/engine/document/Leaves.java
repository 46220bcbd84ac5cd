package dev.landfall.engine.document;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A document taken apart into its leaves and put together again. Arrays and empty objects are
 * leaves.
 */
public final class Leaves {
  private Leaves() {}

  /** The leaves of {@code document}, in its order. */
  public static Map<LeafPath, JsonValue> of(JsonObject document) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> field : document.members().entrySet()) {
      collect(LeafPath.ofField(field.getKey()), field.getValue(), leaves);
    }
    return leaves;
  }

  private static void collect(LeafPath path, JsonValue value, Map<LeafPath, JsonValue> leaves) {
    if (value instanceof JsonObject object && !object.isEmpty()) {
      for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
        collect(path.child(member.getKey()), member.getValue(), leaves);
      }
    } else {
      leaves.put(path, value);
    }
  }

  /**
   * The document that has these leaves. Where one of them is an empty object and another is below
   * it, the latter fills it.
   *
   * @param leaves no leaf but an empty object stands above another
   */
  public static JsonObject join(Map<LeafPath, JsonValue> leaves) {
    Map<String, Object> root = new LinkedHashMap<>();
    for (Map.Entry<LeafPath, JsonValue> leaf : leaves.entrySet()) {
      List<String> names = leaf.getKey().names();
      Map<String, Object> parent = root;
      for (int i = 0; i < names.size() - 1; i++) {
        Object next = parent.get(names.get(i));
        Map<String, Object> below;
        if (next instanceof Branch branch) {
          below = branch.members;
        } else {
          Branch branch = new Branch();
          parent.put(names.get(i), branch);
          below = branch.members;
        }
        parent = below;
      }
      String last = names.get(names.size() - 1);
      if (!(parent.get(last) instanceof Branch)) {
        parent.put(last, leaf.getValue());
      }
    }
    return freeze(root);
  }

  private static JsonObject freeze(Map<String, Object> members) {
    JsonObject.Builder object = JsonObject.builder();
    for (Map.Entry<String, Object> member : members.entrySet()) {
      object.put(
          member.getKey(),
          member.getValue() instanceof Branch branch
              ? freeze(branch.members)
              : (JsonValue) member.getValue());
    }
    return object.build();
  }

  private static final class Branch {
    final Map<String, Object> members = new LinkedHashMap<>();
  }
}
