package dev.landfall.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What runs where we cannot look: at least it reads, asks for little, and calls what there is. */
class WorkflowsTest {
  private static final Pattern SCRIPT = Pattern.compile("\\.ci/[a-z-]+");
  private static final Pattern TEST = Pattern.compile("-Dtest=([A-Za-z,]+)");

  private record Step(String workflow, Map<?, ?> job, Map<?, ?> step) {}

  private static Map<?, ?> read(String path) throws IOException {
    return (Map<?, ?>) Repository.yaml(path).get(0);
  }

  private static Set<String> workflows() throws IOException {
    return Repository.files(".github/workflows", ".yml");
  }

  private static List<Step> steps() throws IOException {
    List<Step> steps = new ArrayList<>();
    for (String workflow : workflows()) {
      for (Object job : ((Map<?, ?>) read(workflow).get("jobs")).values()) {
        for (Object step : (List<?>) ((Map<?, ?>) job).get("steps")) {
          steps.add(new Step(workflow, (Map<?, ?>) job, (Map<?, ?>) step));
        }
      }
    }
    return steps;
  }

  @Test
  void everyFileOfThemReads() throws IOException {
    TreeSet<String> all = Repository.files(".github", ".yml", ".yaml");
    all.addAll(Repository.files("deploy", ".yml", ".yaml"));

    for (String file : all) {
      assertThat(Repository.yaml(file)).as(file).isNotEmpty().doesNotContainNull();
    }
    assertThat(workflows()).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void aWorkflowMayReadAndNoMoreUnlessAJobSaysSo() throws IOException {
    for (String workflow : workflows()) {
      assertThat(read(workflow).get("permissions"))
          .as(workflow)
          .isEqualTo(Map.of("contents", "read"));
    }
  }

  @Test
  void aJobEndsSomeTime() throws IOException {
    for (Step step : steps()) {
      assertThat(step.job().get("timeout-minutes")).as(step.workflow()).isNotNull();
    }
  }

  @Test
  void whatIsCalledIsThere() throws IOException {
    Set<String> tests = new TreeSet<>();
    for (String file : Repository.files(".", "Test.java")) {
      tests.add(file.replaceAll(".*/|\\.java$", ""));
    }

    for (Step step : steps()) {
      String run = String.valueOf(step.step().get("run"));
      Matcher script = SCRIPT.matcher(run);
      while (script.find()) {
        assertThat(Repository.ROOT.resolve(script.group())).as(step.workflow()).isExecutable();
      }
      Matcher test = TEST.matcher(run);
      while (test.find()) {
        assertThat(tests).as(step.workflow()).contains(test.group(1).split(","));
      }
      Object folder = step.step().get("working-directory");
      if (folder != null) {
        assertThat(Files.isDirectory(Repository.ROOT.resolve(folder.toString()))).isTrue();
      }
    }
  }

  @Test
  void theRuleFindsAScriptThatIsNotThere() {
    Matcher script = SCRIPT.matcher("bash .ci/not-there now");

    assertThat(script.find()).isTrue();
    assertThat(Repository.ROOT.resolve(script.group())).doesNotExist();
  }
}
