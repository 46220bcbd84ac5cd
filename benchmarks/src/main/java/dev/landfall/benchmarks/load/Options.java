package dev.landfall.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a program is told as {@code name=value}. */
public final class Options {
  private final Map<String, String> values;

  /**
   * Reads {@code arguments}.
   *
   * @param defaults each pair a name and what it is when nothing is said
   * @throws IllegalArgumentException if one is none of these
   */
  public Options(String[] arguments, String[]... defaults) {
    values = new LinkedHashMap<>();
    for (String[] one : defaults) {
      values.put(one[0], one[1]);
    }
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = argument.substring(0, Math.max(0, equals)).replaceFirst("^--", "");
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException(
            argument + ": not one of the options, which are with their defaults " + values);
      }
      values.put(name, argument.substring(equals + 1));
    }
  }

  /** What {@code name} is, as it was said. */
  public String text(String name) {
    return values.getOrDefault(name, "");
  }

  /**
   * The same as a number.
   *
   * @throws IllegalArgumentException if it is outside of the bounds
   */
  public int number(String name, int min, int max) {
    int value = Integer.parseInt(text(name));
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + ": " + min + " to " + max);
    }
    return value;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
