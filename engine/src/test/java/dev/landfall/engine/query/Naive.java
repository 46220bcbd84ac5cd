package dev.landfall.engine.query;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a filter means, word for word, on documents as a pull delivers them. */
public final class Naive {
  private Naive() {}

  /** Whether a delivered document, with its owner, answers with yes. */
  public static boolean matches(Filter filter, JsonObject delivered) {
    if (filter instanceof Filter.And and) {
      boolean all = true;
      for (Filter one : and.filters()) {
        all &= matches(one, delivered);
      }
      return all;
    }
    if (filter instanceof Filter.Or or) {
      boolean any = false;
      for (Filter one : or.filters()) {
        any |= matches(one, delivered);
      }
      return any;
    }
    if (filter instanceof Filter.Not not) {
      return !matches(not.filter(), delivered);
    }
    Condition condition = ((Filter.Leaf) filter).condition();
    JsonValue value = delivered;
    for (String name : condition.field().path().text().split("\\.", -1)) {
      String plain = name.replace("%2E", ".").replace("%25", "%");
      value = value instanceof JsonObject object ? object.members().get(plain) : null;
      if (value == null) {
        break;
      }
    }
    return matches(condition.operator(), condition.value(), value);
  }

  private static boolean matches(Operator operator, JsonValue asked, JsonValue there) {
    switch (operator) {
      case EQ:
        return there != null && same(there, asked);
      case NE:
        return there == null || !same(there, asked);
      case IN:
        return isAmong(((JsonArray) asked).values(), there);
      case NIN:
        return !isAmong(((JsonArray) asked).values(), there);
      case EXISTS:
        return (there != null) == asked.toString().equals("true");
      case CONTAINS:
        if (there instanceof JsonArray array) {
          return isAmong(array.values(), asked);
        }
        return there instanceof JsonString text
            && asked instanceof JsonString part
            && text.value().indexOf(part.value()) >= 0;
      case STARTS_WITH:
        return there instanceof JsonString text
            && text.value().indexOf(((JsonString) asked).value()) == 0;
      default:
        Integer order = order(there, asked);
        return order != null
            && switch (operator) {
              case GT -> order > 0;
              case GTE -> order >= 0;
              case LT -> order < 0;
              default -> order <= 0;
            };
    }
  }

  private static boolean isAmong(List<JsonValue> values, JsonValue value) {
    boolean found = false;
    for (JsonValue one : values) {
      found |= value != null && same(one, value);
    }
    return found;
  }

  private static Integer order(JsonValue a, JsonValue b) {
    if (a instanceof JsonNumber left && b instanceof JsonNumber right) {
      return left.value().compareTo(right.value());
    }
    if (a instanceof JsonString left && b instanceof JsonString right) {
      return Arrays.compare(
          left.value().codePoints().toArray(), right.value().codePoints().toArray());
    }
    return null;
  }

  private static boolean same(JsonValue a, JsonValue b) {
    if (a instanceof JsonArray left && b instanceof JsonArray right) {
      boolean same = left.values().size() == right.values().size();
      for (int i = 0; same && i < left.values().size(); i++) {
        same = same(left.values().get(i), right.values().get(i));
      }
      return same;
    }
    if (a instanceof JsonObject left && b instanceof JsonObject right) {
      boolean same = left.members().keySet().equals(right.members().keySet());
      for (Map.Entry<String, JsonValue> member : left.members().entrySet()) {
        same = same && same(member.getValue(), right.members().get(member.getKey()));
      }
      return same;
    }
    Integer order = order(a, b);
    if (order != null) {
      return order == 0;
    }
    return a.getClass() == b.getClass()
        && !(a instanceof JsonBoolean && !a.toString().equals(b.toString()));
  }
}
