package dev.landfall.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The packages of the engine, from the bottom to the top. The picture is in ARCHITECTURE.md. */
class EnginePackagesTest {
  private static final String ENGINE = "dev.landfall.engine";

  /** Each may know those before it. The engine itself has the empty name. */
  private static final List<String> UPWARDS =
      List.of(
          "clock",
          "text",
          "instance",
          "audit",
          "problem",
          "directory",
          "document",
          "index",
          "merge",
          "query",
          "commit",
          "history",
          "sharing",
          "sync",
          "search",
          "transit",
          "owner",
          "transfer",
          "atom",
          "",
          "blocking",
          "organisation",
          "people",
          "invitation",
          "erasure");

  private static final int MOST_TYPES = 25;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ENGINE);

  @Test
  void aPackageKnowsOnlyThoseBelowIt() {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      int from = level(one);
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        JavaClass other = dependency.getTargetClass();
        if (other.getPackageName().startsWith(ENGINE) && level(other) > from) {
          wrong.add(one.getName() + " -> " + other.getName());
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void everyPackageHasAPlaceAndNoneIsAHall() {
    Map<String, Long> sizes =
        CLASSES.stream()
            .filter(JavaClass::isTopLevelClass)
            .collect(Collectors.groupingBy(EnginePackagesTest::packageName, Collectors.counting()));

    assertThat(UPWARDS).containsAll(sizes.keySet());
    assertThat(sizes.values()).allMatch(size -> size <= MOST_TYPES);
  }

  private static int level(JavaClass one) {
    return UPWARDS.indexOf(packageName(one));
  }

  private static String packageName(JavaClass one) {
    String name = one.getPackageName().substring(ENGINE.length());
    return name.isEmpty() ? name : name.substring(1);
  }
}
