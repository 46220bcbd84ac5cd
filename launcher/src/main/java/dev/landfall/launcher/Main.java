package dev.landfall.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Runs the server, or a command without it. The server is started by the main class that Open
 * Liberty puts into a runnable jar; what it is given is everything but the word {@code run}.
 */
public final class Main {
  private static final String SERVER = "wlp.lib.extract.SelfExtractRun";
  private static final String COMMANDS = "dev.landfall.commands.Commands";
  private static final List<String> OF_COMMANDS = List.of("backup", "restore", "copy", "check");
  private static final int MISUSE = 2;

  private Main() {}

  /** Ends the process with 0 if a command has succeeded, 1 if it has failed, 2 if it is none. */
  public static void main(String... arguments) throws Throwable {
    List<String> all = List.of(arguments);
    String first = all.isEmpty() ? "run" : all.get(0);
    List<String> rest = all.isEmpty() ? all : all.subList(1, all.size());
    switch (first) {
      case "run" -> start(rest);
      case "demo" -> demo(rest);
      case "version", "--version" -> System.out.println(version());
      case "help", "--help", "-h" -> help(rest);
      default -> {
        if (OF_COMMANDS.contains(first)) {
          System.exit(command(all));
        } else if (first.startsWith("-")) {
          start(all);
        } else {
          misuse(first);
        }
      }
    }
  }

  private static void help(List<String> about) throws Throwable {
    if (about.isEmpty() || !OF_COMMANDS.contains(about.get(0))) {
      System.out.print(text("help.txt"));
    } else {
      System.exit(command(List.of(about.get(0), "--help")));
    }
  }

  private static void misuse(String given) throws IOException {
    System.err.println("There is no command '" + given + "'.");
    System.err.println();
    System.err.print(text("help.txt"));
    System.exit(MISUSE);
  }

  /** A server in memory, filled by a thread of its own as soon as it is ready. */
  private static void demo(List<String> arguments) throws Throwable {
    List<String> obstacles = Demo.obstacles(Main::setting);
    if (!obstacles.isEmpty()) {
      obstacles.forEach(System.err::println);
      System.exit(MISUSE);
    }
    System.setProperty("landfall.store", "memory");
    System.setProperty("landfall.auth.dev", "true");
    System.setProperty("landfall.orgs.registerable", "true");
    String port = setting("landfall.http.port");
    Demo demo = new Demo(URI.create("http://127.0.0.1:" + (port == null ? "9080" : port)));
    Thread filling =
        new Thread(
            () -> {
              try {
                demo.run(System.out);
              } catch (IOException | InterruptedException e) {
                System.err.println("There is no demo: " + e.getMessage());
              }
            },
            "landfall-demo");
    filling.setDaemon(true);
    filling.start();
    start(arguments);
  }

  /** As MicroProfile Config finds it for the server. */
  private static @Nullable String setting(String key) {
    String property = System.getProperty(key);
    if (property != null) {
      return property;
    }
    String variable = key.replaceAll("[^A-Za-z0-9]", "_");
    String given = System.getenv(variable);
    return given != null ? given : System.getenv(variable.toUpperCase(Locale.ROOT));
  }

  private static void start(List<String> arguments) throws Throwable {
    call(Main.class.getClassLoader(), SERVER, "main", arguments);
  }

  /** The commands and the stores are in the web application; of the server nothing is unpacked. */
  private static int command(List<String> arguments) throws Throwable {
    try (ApplicationClasses classes = ApplicationClasses.ofThisJar()) {
      Thread.currentThread().setContextClassLoader(classes.loader());
      return (int) Objects.requireNonNull(call(classes.loader(), COMMANDS, "run", arguments));
    }
  }

  private static @Nullable Object call(
      ClassLoader loader, String type, String method, List<String> arguments) throws Throwable {
    try {
      return Class.forName(type, true, loader)
          .getMethod(method, String[].class)
          .invoke(null, (Object) arguments.toArray(String[]::new));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  static String version() throws IOException {
    Properties versions = new Properties();
    try (InputStream in = resource("version.properties")) {
      versions.load(in);
    }
    return "landfall "
        + versions.getProperty("version")
        + ", Open Liberty "
        + versions.getProperty("openliberty")
        + ", Java "
        + System.getProperty("java.version");
  }

  private static String text(String name) throws IOException {
    try (InputStream in = resource(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = Main.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException(name + " is missing in this jar");
    }
    return in;
  }
}
