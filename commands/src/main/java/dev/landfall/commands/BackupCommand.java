package dev.landfall.commands;

import dev.landfall.api.store.BackupProvider;
import dev.landfall.api.store.StoreProvider;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Copies a database while a server works on it. */
final class BackupCommand implements Commands.Command {
  @Override
  public boolean run(
      List<String> arguments, Function<String, @Nullable String> setting, PrintStream out) {
    Options options = Options.read(arguments, Set.of("--from", "--to"), Set.of());
    Location from =
        options.value("--from").map(Location::parse).orElseGet(() -> Location.ofSettings(setting));
    Path to = Path.of(options.required("--to")).toAbsolutePath().normalize();
    backups(from).backup(from.settings(), to);
    out.println("Copied " + from.text() + " to " + to + ", and checked the copy.");
    return true;
  }

  static BackupProvider backups(Location location) {
    StoreProvider provider = location.provider();
    if (provider instanceof BackupProvider backups) {
      return backups;
    }
    throw CommandException.failure(
        "The store '"
            + location.kind()
            + "' is backed up by its own tools: see the operations guide.");
  }
}
