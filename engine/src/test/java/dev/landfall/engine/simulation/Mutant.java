package dev.landfall.engine.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The engine, or the memory store, with a deliberate defect: some source files changed at exact
 * places.
 */
final class Mutant {
  private static final Path ENGINE = Path.of("src/main/java/dev/landfall/engine");
  private static final Path STORE =
      Path.of("../store-memory/src/main/java/dev/landfall/store/memory");

  private final Map<Path, String> sources = new LinkedHashMap<>();

  /** Replaces what stands exactly once in a file of the engine, such as {@code sync/Pull.java}. */
  Mutant engine(String file, String snippet, String replacement) throws IOException {
    return patch(ENGINE.resolve(file), snippet, replacement);
  }

  /** Replaces what stands exactly once in a file of the memory store. */
  Mutant store(String file, String snippet, String replacement) throws IOException {
    return patch(STORE.resolve(file), snippet, replacement);
  }

  private Mutant patch(Path file, String snippet, String replacement) throws IOException {
    String source = sources.containsKey(file) ? sources.get(file) : Files.readString(file, UTF_8);
    int at = source.indexOf(snippet);
    if (at < 0 || source.indexOf(snippet, at + 1) >= 0) {
      throw new AssertionError(
          "the mutant no longer fits: " + file + " has to hold exactly once:\n" + snippet);
    }
    sources.put(file, source.replace(snippet, replacement));
    return this;
  }

  /** What an oracle says of it, if one does within so many worlds. */
  Optional<String> huntedIn(String worlds, int seeds)
      throws IOException, ReflectiveOperationException {
    Path classes = Files.createTempDirectory("mutant");
    try {
      compile(classes);
      try (URLClassLoader loader = new ChildFirst(classes.toUri().toURL())) {
        Class<?> hunt = loader.loadClass(Hunt.class.getName());
        Method run = hunt.getDeclaredMethod("run", String.class, int.class);
        run.setAccessible(true);
        return ((Optional<?>) run.invoke(null, worlds, seeds)).map(Object::toString);
      }
    } finally {
      delete(classes);
    }
  }

  private void compile(Path classes) throws IOException {
    Path patched = Files.createDirectory(classes.resolve("src"));
    List<Path> files = new ArrayList<>();
    for (Map.Entry<Path, String> source : sources.entrySet()) {
      files.add(
          Files.writeString(patched.resolve(source.getKey().getFileName()), source.getValue()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8)) {
      boolean done =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of(
                      "-d", classes.toString(),
                      "-classpath", System.getProperty("java.class.path"),
                      "-proc:none", "-nowarn"),
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      if (!done) {
        throw new AssertionError("the mutant does not compile: " + messages);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Loads the changed classes, and all others of engine, simulation and memory store anew. */
  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(URL classes) {
      super(new URL[] {classes}, Mutant.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.landfall.engine.")
          && !name.startsWith("dev.landfall.store.memory.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      URL own = findResource(file);
      URL source = own != null ? own : getParent().getResource(file);
      if (source == null) {
        throw new ClassNotFoundException(name);
      }
      try (InputStream in = source.openStream()) {
        byte[] code = in.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
