package dev.landfall.commands;

import dev.landfall.api.store.StoreBackend;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out whether a store is what it should be. */
final class CheckCommand implements Commands.Command {
  @Override
  public boolean run(
      List<String> arguments, Function<String, @Nullable String> setting, PrintStream out) {
    Options options = Options.read(arguments, Set.of("--store"), Set.of());
    Location location =
        options.value("--store").map(Location::parse).orElseGet(() -> Location.ofSettings(setting));
    try (StoreBackend store = location.requireExisting().open()) {
      StoreCheck check = new StoreCheck(store);
      List<String> problems = check.run();
      problems.forEach(out::println);
      out.println(
          location.text()
              + ": "
              + check.documents()
              + " documents, "
              + (problems.isEmpty() ? "nothing is wrong." : "this is wrong."));
      return problems.isEmpty();
    }
  }
}
