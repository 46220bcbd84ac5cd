package dev.landfall.commands;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts a backup in the place of a database. */
final class RestoreCommand implements Commands.Command {
  private static final String REPLACE = "--replace";

  @Override
  public boolean run(
      List<String> arguments, Function<String, @Nullable String> setting, PrintStream out) {
    Options options = Options.read(arguments, Set.of("--from", "--to"), Set.of(REPLACE));
    Path from = Path.of(options.required("--from")).toAbsolutePath().normalize();
    Location to =
        options.value("--to").map(Location::parse).orElseGet(() -> Location.ofSettings(setting));
    BackupCommand.backups(to)
        .restore(from, to.settings(), options.has(REPLACE))
        .ifPresent(before -> out.println("What was there before is now " + before + "."));
    out.println("Restored " + to.text() + " from " + from + ".");
    return true;
  }
}
