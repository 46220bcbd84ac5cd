package dev.landfall.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** One version everywhere, and everything there that a release needs. RELEASING.md says how. */
class OneVersionTest {
  /** Modules that are tried and not published. */
  private static final Set<String> NOT_PUBLISHED =
      Set.of("landfall-architecture-tests", "landfall-benchmarks", "landfall-ear");

  private static final Pattern NPM_VERSION = Pattern.compile("\"version\": \"([^\"]+)\"");

  private static String version() throws IOException {
    return Repository.text(Repository.poms().get(0), "version").orElseThrow();
  }

  @Test
  void allModulesHaveTheVersionOfTheProject() throws IOException {
    String version = version();

    for (Element pom : Repository.poms().subList(1, Repository.poms().size())) {
      String name = Repository.text(pom, "artifactId").orElseThrow();
      assertThat(Repository.text(pom, "parent", "version")).as(name).contains(version);
      assertThat(Repository.text(pom, "version")).as(name).isEmpty();
    }
  }

  @Test
  void theNpmPackageHasIt() throws IOException {
    for (String file : List.of("client-js/package.json", "client-js/package-lock.json")) {
      Matcher first = NPM_VERSION.matcher(Repository.text(file));
      assertThat(first.find()).isTrue();
      assertThat(first.group(1)).as(file).isEqualTo(version());
    }
  }

  @Test
  void theApiThatIsDescribedHasIt() throws IOException {
    Map<?, ?> openApi =
        (Map<?, ?>) Repository.yaml("webapp/src/main/resources/META-INF/openapi.yaml").get(0);

    assertThat(((Map<?, ?>) openApi.get("info")).get("version")).isEqualTo(version());
  }

  @Test
  void theBomNamesWhatIsPublished() throws IOException {
    Set<String> published = new TreeSet<>();
    Set<String> named = new TreeSet<>();
    for (Element pom : Repository.poms().subList(1, Repository.poms().size())) {
      String name = Repository.text(pom, "artifactId").orElseThrow();
      boolean depends = !Repository.text(pom, "packaging").equals(Optional.of("pom"));
      if (depends && !NOT_PUBLISHED.contains(name)) {
        published.add(name);
      }
      if (name.equals("landfall-bom")) {
        Element managed = Repository.child(pom, "dependencyManagement").orElseThrow();
        for (Element one :
            Repository.children(
                Repository.child(managed, "dependencies").orElseThrow(), "dependency")) {
          named.add(Repository.text(one, "artifactId").orElseThrow());
        }
      }
    }

    assertThat(named).isEqualTo(published);
  }

  @Test
  void everyModuleSaysWhatItIs() throws IOException {
    Element root = Repository.poms().get(0);
    for (String needed : List.of("url", "licenses", "developers", "scm", "issueManagement")) {
      assertThat(Repository.child(root, needed)).as(needed).isPresent();
    }

    for (Element pom : Repository.poms()) {
      String name = Repository.text(pom, "artifactId").orElseThrow();
      assertThat(Repository.text(pom, "name")).as(name).isPresent();
      assertThat(Repository.text(pom, "description")).as(name).isPresent();
    }
  }

  @Test
  void theRepositoryIsTheSameEverywhere() throws IOException {
    String repository = Repository.text(Repository.poms().get(0), "url").orElseThrow();

    assertThat(Repository.text(Repository.poms().get(0), "scm", "url")).contains(repository);
    assertThat(Repository.text("client-js/package.json")).contains("git+" + repository + ".git");
    assertThat(Repository.text(".github/ISSUE_TEMPLATE/config.yml")).contains(repository + "/");
    assertThat(Repository.text("RELEASING.md")).contains(repository.replace("https://", ""));
  }

  @Test
  void theNpmPackageHasTheLicense() throws IOException {
    assertThat(Repository.text("client-js/LICENSE")).isEqualTo(Repository.text("LICENSE"));
  }

  @Test
  void theChangelogHasAPlaceForWhatIsNew() throws IOException {
    assertThat(Repository.text("CHANGELOG.md")).contains("\n## Unreleased\n");
  }
}
