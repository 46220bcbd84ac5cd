package dev.landfall.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links between the files of the documentation lead somewhere. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|`[^`\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  private static Set<String> pages() throws IOException {
    Set<String> pages = new TreeSet<>(Repository.files("docs", ".md"));
    pages.addAll(
        List.of(
            "README.md",
            "ARCHITECTURE.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "RELEASING.md",
            "SECURITY.md",
            "CODE_OF_CONDUCT.md",
            "client-js/README.md",
            "client-cljs/README.md",
            "conformance/README.md",
            "examples/planner/README.md"));
    return pages;
  }

  @Test
  void everyLinkLeadsToAFileAndToAHeadingInIt() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (String page : pages()) {
      Matcher link = LINK.matcher(CODE.matcher(Repository.text(page)).replaceAll("x"));
      while (link.find()) {
        String to = link.group(1);
        if (to.matches("[a-z]+:.*")) {
          continue;
        }
        links++;
        if (!leadsSomewhere(page, to)) {
          broken.add(page + ": " + to);
        }
      }
    }

    assertThat(links).isGreaterThan(100);
    assertThat(broken).isEmpty();
  }

  @Test
  void everyGuideIsInTheIndex() throws IOException {
    String index = Repository.text("docs/README.md");

    for (String page : Repository.files("docs", ".md")) {
      if (!page.contains("/adr/") && !page.equals("docs/README.md")) {
        assertThat(index).contains("](" + page.substring("docs/".length()) + ")");
      }
    }
    assertThat(Repository.text("README.md")).contains("](docs/README.md)");
  }

  @Test
  void decisionsAreNumberedOneByOne() throws IOException {
    List<Integer> numbers =
        Repository.files("docs/adr", ".md").stream()
            .map(file -> Integer.parseInt(file.replaceAll(".*/(\\d{4})-.*", "$1")))
            .toList();

    assertThat(numbers).doesNotHaveDuplicates();
  }

  private static boolean leadsSomewhere(String page, String to) throws IOException {
    int hash = to.indexOf('#');
    String path = hash < 0 ? to : to.substring(0, hash);
    Path file =
        path.isEmpty()
            ? Repository.ROOT.resolve(page)
            : Repository.ROOT.resolve(page).resolveSibling(path).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return hash < 0
        || !file.toString().endsWith(".md")
        || anchors(Files.readString(file)).contains(to.substring(hash + 1));
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(String markdown) {
    Set<String> anchors = new TreeSet<>();
    Matcher heading =
        HEADING.matcher(Pattern.compile("(?ms)^```.*?^```").matcher(markdown).replaceAll(""));
    while (heading.find()) {
      anchors.add(
          heading
              .group(1)
              .strip()
              .toLowerCase(Locale.ROOT)
              .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
              .replaceAll("[^\\p{L}\\p{N}\\s_-]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }
}
