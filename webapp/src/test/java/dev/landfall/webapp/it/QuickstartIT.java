package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Runs every command of the guides, in order, and looks for what the pages say comes out: the
 * quickstart, organisations, sharing, export, search, deletion and Transit.
 */
class QuickstartIT {
  private static final Pattern BLOCK =
      Pattern.compile("```bash\\n(.*?)```\\n(?:<!-- expect: (.*?) -->)?", Pattern.DOTALL);
  private static final String END = "@@ end of block ";

  /** A block of commands and a pattern for what they print; null if nothing is promised. */
  private record Block(String commands, String expected) {}

  @Test
  void everyCommandOfTheGuidesDoesWhatThePageSays() throws Exception {
    List<Block> blocks = blocks("quickstart.md");
    assertThat(blocks).hasSizeGreaterThan(8);
    blocks.addAll(blocks("organisations.md"));
    blocks.addAll(blocks("sharing.md"));
    blocks.addAll(blocks("people.md"));
    blocks.addAll(blocks("export.md"));
    blocks.addAll(blocks("search.md"));
    blocks.addAll(blocks("deletion.md"));
    blocks.addAll(blocks("transit.md"));
    try (TestServer server =
        new TestServer("quickstart", Map.of("landfall.orgs.registerable", "true"))) {
      server.start();

      String output = run(blocks, "http://127.0.0.1:" + server.port());

      int from = 0;
      for (int i = 0; i < blocks.size(); i++) {
        int to = output.indexOf(END + i + " @@", from);
        assertThat(to).describedAs("block %s ends: %s", i, output).isNotNegative();
        String printed = output.substring(from, to).strip();
        if (blocks.get(i).expected() != null) {
          assertThat(printed)
              .describedAs(blocks.get(i).commands())
              .containsPattern(Pattern.compile(blocks.get(i).expected(), Pattern.MULTILINE));
        }
        from = output.indexOf('\n', to);
      }
    }
  }

  private static List<Block> blocks(String page) throws IOException {
    Matcher matcher = BLOCK.matcher(Files.readString(Path.of("..", "docs", page)));
    List<Block> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  private static String run(List<Block> blocks, String address) throws Exception {
    StringBuilder script = new StringBuilder("set -euo pipefail\n");
    for (int i = 0; i < blocks.size(); i++) {
      script.append(blocks.get(i).commands());
      script.append("echo; echo '").append(END).append(i).append(" @@'\n");
    }
    Path output = Files.createTempFile("quickstart", ".out");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("LANDFALL", address);
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    assertThat(process.exitValue()).describedAs(printed).isZero();
    return printed;
  }
}
