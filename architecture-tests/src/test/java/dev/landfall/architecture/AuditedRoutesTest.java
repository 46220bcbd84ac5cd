package dev.landfall.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A route that changes something is in the audit trail, or it is said here why not. */
class AuditedRoutesTest {
  private static final String AUDITED = "dev.landfall.webapp.audit.Audited";
  private static final List<String> CHANGING = List.of("POST", "PUT", "PATCH", "DELETE");

  private static final Set<String> NOT_AUDITED =
      Set.of(
          // What stands in documents is in their history.
          "SyncResource.sync",
          "AtomResource.push",
          "OneAtomResource.push",
          "HistoryResource.restore",
          // Whoever it is about is gone.
          "ErasureReceiptResource.confirm",
          // Changes nothing.
          "SearchResource.search",
          // Leads to a sign-in, which is.
          "SignInResource.link");

  @Test
  void aRouteThatChangesSomethingIsInTheTrail() {
    Set<String> missing = new TreeSet<>();
    int audited = 0;
    for (JavaClass resource :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.landfall.webapp")) {
      for (JavaMethod method : resource.getMethods()) {
        if (method.isAnnotatedWith(AUDITED)) {
          audited++;
        } else if (CHANGING.stream()
            .anyMatch(verb -> method.isAnnotatedWith("jakarta.ws.rs." + verb))) {
          missing.add(resource.getSimpleName() + "." + method.getName());
        }
      }
    }

    assertThat(audited).isGreaterThan(20);
    assertThat(missing).isEqualTo(new TreeSet<>(NOT_AUDITED));
  }
}
