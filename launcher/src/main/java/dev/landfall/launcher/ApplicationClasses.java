package dev.landfall.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The libraries of the web application in a runnable jar, unpacked for as long as this is open. */
final class ApplicationClasses implements AutoCloseable {
  private static final String LIBRARIES = "WEB-INF/lib/";

  private final Path folder;
  private final URLClassLoader loader;

  private ApplicationClasses(Path folder, URLClassLoader loader) {
    this.folder = folder;
    this.loader = loader;
  }

  static ApplicationClasses ofThisJar() throws IOException {
    try {
      return of(
          Path.of(
              ApplicationClasses.class
                  .getProtectionDomain()
                  .getCodeSource()
                  .getLocation()
                  .toURI()));
    } catch (URISyntaxException e) {
      throw new IOException("this is not a jar", e);
    }
  }

  static ApplicationClasses of(Path jar) throws IOException {
    Path folder = Files.createTempDirectory("landfall-command");
    try {
      List<URL> urls = new ArrayList<>();
      for (Path library : unpack(jar, folder)) {
        urls.add(library.toUri().toURL());
      }
      return new ApplicationClasses(
          folder,
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
    } catch (IOException | RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  private static List<Path> unpack(Path jar, Path folder) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      JarEntry application = application(file);
      List<Path> libraries = new ArrayList<>();
      try (ZipInputStream war = new ZipInputStream(file.getInputStream(application))) {
        for (ZipEntry entry = war.getNextEntry(); entry != null; entry = war.getNextEntry()) {
          String name = entry.getName();
          if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
            Path library = folder.resolve(name.substring(name.lastIndexOf('/') + 1));
            Files.copy(war, library);
            libraries.add(library);
          }
        }
      }
      return libraries;
    }
  }

  private static JarEntry application(JarFile file) throws IOException {
    for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
      JarEntry entry = entries.nextElement();
      if (entry.getName().endsWith("/apps/landfall.war")) {
        return entry;
      }
    }
    throw new IOException("there is no landfall.war in " + file.getName());
  }

  ClassLoader loader() {
    return loader;
  }

  /** Where they are. */
  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    loader.close();
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
