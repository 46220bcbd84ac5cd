package dev.landfall.webapp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.merge.Conflict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard, the alerts and the guide speak of the numbers that there are. */
class MonitoringFilesTest {
  private static final Pattern NAME = Pattern.compile("\\b(?:landfall|jvm|process)_[a-z_]+\\b");
  private static final Pattern GAUGE = Pattern.compile("\\.gauge\\(\\s*\"([a-z_]+)\"");
  private static final Pattern PART = Pattern.compile("_(bucket|sum|count)$");

  private static final Conflict CONFLICT =
      new Conflict(
          "title",
          HybridTimestamp.ZERO,
          HybridTimestamp.ZERO,
          null,
          null,
          Conflict.Winner.LOCAL,
          null,
          Optional.empty());

  private static String text(String path) throws IOException {
    return Files.readString(Path.of("..").resolve(path), StandardCharsets.UTF_8);
  }

  /** What `/metrics` has once everything has happened. */
  private static Set<String> shown() throws IOException {
    Telemetry telemetry = new Telemetry();
    ApplicationName todo = new ApplicationName("todo");
    telemetry.answered("/sync", "POST", 200, 1);
    telemetry.waited(1);
    telemetry.stored("append", 1);
    telemetry.storeFailed("append");
    telemetry.committed(todo, 1, 1, 1, Set.of());
    telemetry.clashed(todo);
    telemetry.rejected(todo, "schema");
    telemetry.conflict(todo, CONFLICT);
    Set<String> shown = new TreeSet<>();
    for (String line : telemetry.text().split("\n")) {
      if (line.startsWith("# TYPE ")) {
        shown.add(line.split(" ")[2]);
      }
    }
    String wiring = text("webapp/src/main/java/dev/landfall/webapp/Wiring.java");
    GAUGE.matcher(wiring).results().forEach(gauge -> shown.add(gauge.group(1)));
    return shown;
  }

  private static Set<String> named(String path) throws IOException {
    Set<String> named = new TreeSet<>();
    Matcher name = NAME.matcher(text(path));
    while (name.find()) {
      named.add(PART.matcher(name.group()).replaceFirst(""));
    }
    return named;
  }

  @Test
  void theDashboardShowsNumbersThatThereAre() throws IOException {
    assertThat(shown()).containsAll(named("deploy/monitoring/grafana-dashboard.json"));
    assertThat(named("deploy/monitoring/grafana-dashboard.json")).hasSizeGreaterThan(15);
  }

  @Test
  void theAlertsLookAtNumbersThatThereAre() throws IOException {
    assertThat(shown()).containsAll(named("deploy/monitoring/alerts.yaml"));
    assertThat(named("deploy/monitoring/alerts.yaml")).hasSizeGreaterThan(4);
  }

  @Test
  void theGuideHasEveryNumberAndNoOther() throws IOException {
    assertThat(named("docs/monitoring.md")).isEqualTo(shown());
  }

  @Test
  void theGuideHasEveryAlert() throws IOException {
    Matcher alert = Pattern.compile("alert: (\\w+)").matcher(text("deploy/monitoring/alerts.yaml"));
    String guide = text("docs/monitoring.md");

    assertThat(alert.results().map(found -> found.group(1)).toList())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(guide).contains("`" + name + "`"));
  }
}
