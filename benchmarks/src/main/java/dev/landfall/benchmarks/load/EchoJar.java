package dev.landfall.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A copy of the runnable jar that unpacks one more application, the echo, and says so to the server
 * in a folder of its own for additional configuration. Nothing else in it differs from the product.
 */
final class EchoJar {
  private static final String SERVER = "wlp/usr/servers/landfall/";
  private static final String PACKAGE = "dev/landfall/benchmarks/echo/";
  private static final List<String> CLASSES =
      List.of("EchoApplication.class", "EchoApplication$Echo.class");
  private static final String CONFIGURATION =
      """
      <server description="The echo, for benchmarks only">
        <webApplication id="echo" name="echo" location="echo.war" contextRoot="/echo"/>
      </server>
      """;

  private static final String BEANS =
      """
      <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" bean-discovery-mode="all"/>
      """;

  private EchoJar() {}

  /** Writes the copy of {@code jar}. */
  static void write(Path jar, Path copy) throws IOException {
    try (ZipFile product = new ZipFile(jar.toFile());
        OutputStream file = Files.newOutputStream(copy);
        ZipOutputStream out = new ZipOutputStream(file)) {
      out.setLevel(1);
      Enumeration<? extends ZipEntry> entries = product.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        try (InputStream content = product.getInputStream(entry)) {
          put(out, entry.getName(), content.readAllBytes());
        }
      }
      put(out, SERVER + "apps/echo.war", war());
      put(
          out,
          SERVER + "configDropins/defaults/echo.xml",
          CONFIGURATION.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] war() throws IOException {
    ByteArrayOutputStream war = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(war)) {
      put(out, "WEB-INF/beans.xml", BEANS.getBytes(StandardCharsets.UTF_8));
      for (String name : CLASSES) {
        try (InputStream content = EchoJar.class.getResourceAsStream("/" + PACKAGE + name)) {
          if (content == null) {
            throw new IOException("the classes of the echo are missing");
          }
          put(out, "WEB-INF/classes/" + PACKAGE + name, content.readAllBytes());
        }
      }
    }
    return war.toByteArray();
  }

  private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
