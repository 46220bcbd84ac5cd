package dev.landfall.commands;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a command was given: options with a value ({@code --to FILE} or {@code --to=FILE}) and
 * without one.
 */
record Options(Map<String, String> values, Set<String> flags) {
  /**
   * Reads {@code given}.
   *
   * @throws CommandException if an option is unknown, given twice, or has no value
   */
  static Options read(List<String> given, Set<String> withValue, Set<String> withoutValue) {
    Map<String, String> values = new HashMap<>();
    Set<String> flags = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      String option = given.get(i);
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      if (withoutValue.contains(option)) {
        flags.add(option);
      } else if (!withValue.contains(name)) {
        throw CommandException.misuse("There is no option '" + option + "'.");
      } else if (equals < 0 && i + 1 == given.size()) {
        throw CommandException.misuse(name + " needs a value.");
      } else if (values.put(name, equals < 0 ? given.get(++i) : option.substring(equals + 1))
          != null) {
        throw CommandException.misuse(name + " is given twice.");
      }
    }
    return new Options(Map.copyOf(values), Set.copyOf(flags));
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  String required(String option) {
    return value(option).orElseThrow(() -> CommandException.misuse(option + " is missing."));
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }
}
