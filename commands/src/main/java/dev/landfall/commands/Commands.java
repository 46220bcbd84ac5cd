package dev.landfall.commands;

import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The commands, by their names. */
public final class Commands {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private static final Map<String, Command> ALL =
      Map.of(
          "backup", new BackupCommand(),
          "restore", new RestoreCommand(),
          "copy", new CopyCommand(),
          "check", new CheckCommand());

  private Commands() {}

  /** One of them. */
  @FunctionalInterface
  interface Command {
    /**
     * Does it.
     *
     * @param setting a setting of the server by its key, null if it is not set
     * @return whether all is well
     */
    boolean run(
        List<String> arguments, Function<String, @Nullable String> setting, PrintStream out);
  }

  /**
   * Does a command with the settings of this process.
   *
   * @param arguments its name, then its options
   * @return 0 if it has succeeded, 1 if it has failed, 2 if it was not used as its help says
   */
  public static int run(String... arguments) {
    return run(List.of(arguments), Commands::setting, System.out, System.err);
  }

  static int run(
      List<String> arguments,
      Function<String, @Nullable String> setting,
      PrintStream out,
      PrintStream err) {
    String name = arguments.isEmpty() ? "" : arguments.get(0);
    Command command = ALL.get(name);
    if (command == null) {
      err.println("There is no command '" + name + "'.");
      return MISUSED;
    }
    List<String> options = arguments.subList(1, arguments.size());
    if (options.contains("--help")) {
      out.print(help(name));
      return DONE;
    }
    try {
      return command.run(options, setting, out) ? DONE : FAILED;
    } catch (CommandException e) {
      err.println(e.getMessage());
      if (e.isMisuse()) {
        err.println();
        err.print(help(name));
      }
      return e.isMisuse() ? MISUSED : FAILED;
    } catch (StoreConfigurationException e) {
      err.println(e.key() + ": " + e.getMessage());
      return FAILED;
    } catch (StoreUnavailableException e) {
      err.println("Failed: " + e.reason().text() + " (" + e.getMessage() + ")");
      return FAILED;
    }
  }

  /** As MicroProfile Config finds it for the server. */
  private static @Nullable String setting(String key) {
    String property = System.getProperty(key);
    if (property != null) {
      return property;
    }
    String plain = System.getenv(key.replaceAll("[^A-Za-z0-9]", "_"));
    return plain != null
        ? plain
        : System.getenv(key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT));
  }

  private static String help(String command) {
    try (InputStream in = Commands.class.getResourceAsStream("help/" + command + ".txt")) {
      if (in == null) {
        throw new IllegalStateException("every command has a help");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the help is in this jar", e);
    }
  }
}
