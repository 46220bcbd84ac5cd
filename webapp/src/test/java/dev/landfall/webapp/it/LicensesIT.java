package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Who gives the server on gives the licenses on of all that is in it. */
class LicensesIT {
  private static final String LIBRARIES = "WEB-INF/lib/";

  @Test
  void theLicenseOfEveryLibraryThatIsShippedIsTold() throws IOException {
    try (ZipFile war = new ZipFile(System.getProperty("landfall.war", "target/landfall.war"))) {
      String told = text(war, "META-INF/licenses/THIRD-PARTY.md");
      List<String> libraries =
          war.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
              .map(name -> name.substring(LIBRARIES.length()).replaceFirst("-[0-9].*", ""))
              .filter(name -> !name.startsWith("landfall-"))
              .toList();

      assertThat(libraries).hasSizeGreaterThan(5).allMatch(told::contains);
      assertThat(text(war, "META-INF/LICENSE")).contains("Apache License");
      assertThat(text(war, "META-INF/licenses/re2j.txt")).contains("The Go Authors");
      assertThat(text(war, "META-INF/licenses/json-schema.txt")).contains("MIT License");
      assertThat(text(war, "META-INF/licenses/preact.txt")).contains("Jason Miller");
    }
  }

  private static String text(ZipFile war, String name) throws IOException {
    ZipEntry entry = war.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    return new String(war.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
  }
}
