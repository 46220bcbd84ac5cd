package dev.landfall.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the documents name is there: types and their members in Java, files, and titles of tests in
 * other languages. A name is what stands between backticks.
 */
class NamedTestsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern TYPE =
      Pattern.compile("\\b(?:class|record|interface|enum|@interface) ([A-Z]\\w*)");

  /** A type, in camel case, and perhaps a member. */
  private static final Pattern JAVA = Pattern.compile("([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?");

  /** A file, and perhaps the title of a test in it. */
  private static final Pattern FILE =
      Pattern.compile("([\\w/.-]+\\.(?:ts|cljs|json|yaml|md))(?:: (.+))?");

  /** An attack, a trap or a kind of fault: number, what happens, what holds, tests. */
  private static final Pattern ROW = Pattern.compile("\\| [A-EKT]\\d+ \\|[^|]*\\|[^|]*\\|[^|]*\\|");

  private static final Pattern NAMESPACE = Pattern.compile("landfall\\.([a-z]+)");
  private static final Pattern VOLUME =
      Pattern.compile("^\\| `(\\w+)\\.([A-Z]\\w+)` \\| ([\\d,]+) \\|");

  /** The sources in which a type is declared. */
  private static final Map<String, List<String>> TYPES = new HashMap<>();

  /** The texts of the files of a name. */
  private static final Map<String, List<String>> FILES = new HashMap<>();

  @BeforeAll
  static void readSources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.filter(Files::isDirectory).sorted().toList()) {
        for (String folder : List.of("src", "test", "vectors", "client")) {
          read(module.resolve(folder));
        }
      }
    }
  }

  private static void read(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> isNamed(path.toString())).toList()) {
        String text = Files.readString(file);
        FILES.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>()).add(text);
        if (file.toString().endsWith(".java")) {
          TYPE.matcher(text)
              .results()
              .map(type -> type.group(1))
              .distinct()
              .forEach(type -> TYPES.computeIfAbsent(type, name -> new ArrayList<>()).add(text));
        }
      }
    }
  }

  private static boolean isNamed(String file) {
    return file.endsWith(".java") || FILE.matcher(file).matches();
  }

  @Test
  void whatTheAssuranceNamesIsThere() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("docs/assurance.md"));

    List<String> missing = new ArrayList<>();
    int found = 0;
    for (String line : lines) {
      for (String name : names(line)) {
        if (isKnownForm(name)) {
          found++;
          missing.addAll(missing(name));
        }
      }
    }

    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(400);
  }

  @Test
  void everyRowNamesATest() throws IOException {
    List<String> without = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/assurance.md"))) {
      if (ROW.matcher(line).matches()) {
        rows++;
        List<String> tests = names(line.substring(line.lastIndexOf('|', line.length() - 2)));
        if (tests.isEmpty() || !tests.stream().allMatch(NamedTestsTest::isKnownForm)) {
          without.add(line);
        }
      }
    }

    assertThat(without).isEmpty();
    assertThat(rows).isGreaterThan(160);
  }

  @Test
  void everyVolumeIsTheOneInTheSources() throws IOException {
    List<String> wrong = new ArrayList<>();
    int volumes = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/assurance.md"))) {
      Matcher volume = VOLUME.matcher(line);
      if (volume.find()) {
        volumes++;
        String value = volume.group(3).replace(",", "_");
        Pattern constant =
            Pattern.compile("\\b" + volume.group(2) + "\\s*=[^;]*\\b" + value + "\\b");
        if (TYPES.getOrDefault(volume.group(1), List.of()).stream()
            .noneMatch(text -> constant.matcher(text).find())) {
          wrong.add(line);
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(volumes).isGreaterThan(10);
  }

  @Test
  void whatTheTableOfRulesNamesIsThere() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("ARCHITECTURE.md"));
    List<String> table =
        lines.subList(lines.indexOf("| rule | class | test |"), lines.indexOf("## Invariants"));

    List<String> missing = new ArrayList<>();
    for (String line : table) {
      names(line).forEach(name -> missing.addAll(missing(name)));
    }

    assertThat(table).hasSizeGreaterThan(50);
    assertThat(missing).isEmpty();
  }

  private static List<String> names(String line) {
    return NAME.matcher(line).results().map(name -> name.group(1)).toList();
  }

  private static boolean isKnownForm(String name) {
    return JAVA.matcher(name).matches() || FILE.matcher(name).matches();
  }

  /** The name, if there is no such thing. */
  private static List<String> missing(String name) {
    return isThere(name) ? List.of() : List.of(name);
  }

  private static boolean isThere(String name) {
    Matcher java = JAVA.matcher(name);
    if (java.matches()) {
      List<String> sources = TYPES.getOrDefault(java.group(1), List.of());
      return java.group(2) == null
          ? !sources.isEmpty()
          : sources.stream().anyMatch(text -> declares(text, java.group(1), java.group(2)));
    }
    Matcher file = FILE.matcher(name);
    if (file.matches() && Files.exists(ROOT.resolve(name))) {
      return true;
    }
    if (file.matches()) {
      String title = file.group(2);
      return FILES.getOrDefault(file.group(1), List.of()).stream()
          .anyMatch(text -> title == null || text.contains(title));
    }
    Matcher namespace = NAMESPACE.matcher(name);
    return namespace.matches()
        ? FILES.containsKey(namespace.group(1) + ".cljs")
        : Files.exists(ROOT.resolve(name));
  }

  private static boolean declares(String text, String type, String member) {
    boolean isTest = type.matches(".*(Test|IT|Contract)") && !member.matches("[A-Z_]+");
    String declaration =
        isTest ? "\\bvoid " + member + "\\(" : "[\\w>\\]] " + member + "(?:\\(| =|;|,|\\))";
    return Pattern.compile(declaration).matcher(text).find();
  }
}
