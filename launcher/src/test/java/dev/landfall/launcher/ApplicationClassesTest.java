package dev.landfall.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationClassesTest {
  @TempDir private Path folder;

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private Path jar(byte[] content) throws IOException {
    return Files.write(folder.resolve("landfall.jar"), content);
  }

  @Test
  void theLibrariesOfTheApplicationAreThereUntilItIsClosed() throws Exception {
    byte[] library = zip(Map.of("greeting.txt", "hello".getBytes(StandardCharsets.UTF_8)));
    byte[] war =
        zip(Map.of("WEB-INF/lib/a.jar", library, "WEB-INF/lib/", new byte[0], "b.jar", library));
    Path jar = jar(zip(Map.of("wlp/usr/servers/landfall/apps/landfall.war", war)));

    ApplicationClasses classes = ApplicationClasses.of(jar);

    Path unpacked;
    try (classes;
        InputStream greeting = classes.loader().getResourceAsStream("greeting.txt")) {
      assertThat(greeting).isNotNull().hasContent("hello");
      unpacked = classes.folder();
      assertThat(unpacked).isDirectoryContaining("glob:**/a.jar");
    }
    assertThat(unpacked).doesNotExist();
  }

  @Test
  void aJarWithoutTheApplicationIsNamed() throws IOException {
    Path jar = jar(zip(Map.of("a.txt", new byte[0])));

    assertThatThrownBy(() -> ApplicationClasses.of(jar))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("landfall.jar");
  }

  @Test
  void theVersionIsThatOfTheBuild() throws IOException {
    assertThat(Main.version()).matches("landfall \\d.*, Open Liberty \\d.*, Java \\d.*");
  }
}
