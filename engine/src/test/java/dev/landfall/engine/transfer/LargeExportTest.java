package dev.landfall.engine.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an export needs in memory does not grow with it. The whole process, database and writing of
 * the documents included, has the memory that an export may have. {@code
 * -Dlandfall.export.documents=1000000} is the size that is promised; without it the documents are
 * fewer and larger, together larger than that memory, too.
 */
class LargeExportTest {
  private static final int DOCUMENTS = Integer.getInteger("landfall.export.documents", 40_000);

  @TempDir private Path folder;

  @Test
  void anExportOfManyDocumentsNeedsLittleMemory() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    LargeExportProcess.class.getName(),
                    folder.resolve("large.db").toString(),
                    Integer.toString(DOCUMENTS),
                    Integer.toString(Math.max(0, 80_000_000 / DOCUMENTS - 200))))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    try {
      assertThat(process.waitFor(20, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    String output = Files.readString(folder.resolve("output"));
    assertThat(output).contains("documents " + DOCUMENTS + " entries " + DOCUMENTS);
    assertThat(process.exitValue()).describedAs(output).isZero();
  }
}
