package dev.landfall.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Who may depend on whom. The picture is in ARCHITECTURE.md. */
class ModuleArrowsTest {
  private static final JavaClasses LANDFALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.landfall");

  @Test
  void theApiKnowsOnlyTheJdkAndJacksonCore() {
    classes()
        .that()
        .resideInAPackage("dev.landfall.api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.landfall.api..", "java..", "org.jspecify..", "com.fasterxml.jackson.core..")
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void theEngineKnowsOnlyTheApi() {
    classes()
        .that()
        .resideInAPackage("dev.landfall.engine..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.landfall.engine..",
            "dev.landfall.api..",
            "java..",
            "org.jspecify..",
            "com.fasterxml.jackson.core..")
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void aStoreKnowsNoOtherModuleOfOursThanTheApi() {
    noClasses()
        .that()
        .resideInAPackage("dev.landfall.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.landfall.engine..", "dev.landfall.webapp..")
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void storesDoNotKnowEachOther() {
    SlicesRuleDefinition.slices()
        .matching("dev.landfall.store.(*)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void theWebappMeetsAStoreOnlyThroughTheApi() {
    noClasses()
        .that()
        .resideInAPackage("dev.landfall.webapp..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.landfall.store..")
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void commandsMeetStoresOnlyThroughTheApiAndKnowNothingOfTheServer() {
    classes()
        .that()
        .resideInAPackage("dev.landfall.commands..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.landfall.commands..",
            "dev.landfall.api",
            "dev.landfall.api.store",
            "java..",
            "org.jspecify..")
        .check(LANDFALL);
  }

  @Test
  void theLauncherKnowsNothingOfOurs() {
    classes()
        .that()
        .resideInAPackage("dev.landfall.launcher..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.landfall.launcher..", "java..", "org.jspecify..")
        .check(LANDFALL);
  }

  @Test
  void theClientSharesTheRulesOfClocksAndMergeAndKnowsNothingElseOfTheServer() {
    classes()
        .that()
        .resideInAPackage("dev.landfall.client..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.landfall.client..",
            "dev.landfall.api",
            "dev.landfall.api.json",
            "dev.landfall.engine.clock",
            "dev.landfall.engine.document",
            "dev.landfall.engine.merge",
            "dev.landfall.engine.query",
            "dev.landfall.engine.text",
            "java..",
            "org.jspecify..",
            "org.sqlite..")
        .check(LANDFALL);
  }

  @Test
  void theServerDoesNotKnowTheClient() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.landfall.client..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.landfall.client..")
        .check(LANDFALL);
  }

  @Test
  void theReplicaOfTheClientDoesNothingButDecide() {
    noClasses()
        .that()
        .resideInAPackage("dev.landfall.client.replica..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.net..", "java.nio..", "java.sql..", "java.util.concurrent..")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(LANDFALL);
  }

  @Test
  void theApiAndTheEngineAskNobodyForTheTime() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.landfall.api..", "dev.landfall.engine..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("dev.landfall.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void nothingIsCalledByItsPatternInsteadOfItsMeaning() {
    noClasses()
        .that()
        .areTopLevelClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .allowEmptyShould(true)
        .check(LANDFALL);
  }

  @Test
  void everyModuleWasLookedAt() {
    for (String module : new String[] {"api", "engine", "store", "client", "webapp"}) {
      if (LANDFALL.stream()
          .map(JavaClass::getPackageName)
          .noneMatch(name -> name.startsWith("dev.landfall." + module))) {
        throw new AssertionError("no class of " + module + " was imported");
      }
    }
  }
}
