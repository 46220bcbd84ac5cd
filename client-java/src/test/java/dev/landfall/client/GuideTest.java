package dev.landfall.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.client.http.Wire;
import dev.landfall.client.replica.Outgoing;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code in docs/client-java.md, compiled and run. */
class GuideTest {
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void theFirstAppOfTheGuideWorks() throws Exception {
    Matcher code = CODE.matcher(Files.readString(Path.of("..", "docs", "client-java.md")));
    assertThat(code.find()).isTrue();
    Path source = Files.writeString(folder.resolve("FirstApp.java"), code.group(1));
    int failures =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(failures).isZero();

    try (EngineServer server = EngineServer.start();
        URLClassLoader classes = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      String[] arguments = {
        server.address().toString(), "alice", folder.resolve("planner.db").toString()
      };
      classes
          .loadClass("FirstApp")
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);

      Outgoing pull = Outgoing.pull(HybridTimestamp.ZERO);
      assertThat(server.answer(Wire.of(new CollectionName("tasks"), pull, "alice", 1 << 20)))
          .contains("\"title\":\"Milk\"");
    }
  }
}
