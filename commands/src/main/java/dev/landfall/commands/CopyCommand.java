package dev.landfall.commands;

import dev.landfall.api.store.StoreBackend;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Moves everything from one store to another. */
final class CopyCommand implements Commands.Command {
  @Override
  public boolean run(
      List<String> arguments, Function<String, @Nullable String> setting, PrintStream out) {
    Options options = Options.read(arguments, Set.of("--from", "--to"), Set.of());
    Location from = Location.parse(options.required("--from")).requireExisting();
    Location to = Location.parse(options.required("--to"));
    try (StoreBackend source = from.open();
        StoreBackend target = to.open()) {
      List<String> differences = new StoreCopy(source, target, out::println).run(from.text());
      differences.forEach(out::println);
      out.println(
          differences.isEmpty()
              ? "Copied " + from.text() + " to " + to.text() + "; both hold the same."
              : "The copy is not the same. Do not start a server on it.");
      return differences.isEmpty();
    }
  }
}
