package dev.landfall.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A route is for those who have signed in, unless it says that it is for everybody. */
class DeclaredRightsTest {
  private static final JavaClasses WEBAPP =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.landfall.webapp");

  private static final String OPEN = "dev.landfall.webapp.session.WithoutSession";

  /** What finds out who is calling, or fails. */
  private static final Set<String> RECOGNISING =
      Set.of(
          "dev.landfall.webapp.session.Sessions.require",
          "dev.landfall.webapp.atom.AtomExchange.visitor");

  @Test
  void aRouteThatAsksForNoSessionSaysSo() {
    Set<String> undeclared = new TreeSet<>();
    int routes = 0;
    for (JavaClass resource : WEBAPP) {
      if (!resource.isAnnotatedWith("jakarta.ws.rs.Path")) {
        continue;
      }
      for (JavaMethod method : resource.getMethods()) {
        if (isRoute(method)) {
          routes++;
          boolean open = method.isAnnotatedWith(OPEN) || resource.isAnnotatedWith(OPEN);
          if (!open && !recognises(method)) {
            undeclared.add(method.getFullName());
          }
        }
      }
    }

    assertThat(routes).isGreaterThan(30);
    assertThat(undeclared).isEmpty();
  }

  private static boolean isRoute(JavaMethod method) {
    return method.getAnnotations().stream()
        .anyMatch(
            annotation ->
                annotation.getRawType().isAnnotatedWith("jakarta.ws.rs.HttpMethod")
                    || annotation.getRawType().getName().matches("jakarta\\.ws\\.rs\\.[A-Z]+"));
  }

  /** Whether it does so itself, or by a method of its own class. */
  private static boolean recognises(JavaMethod route) {
    Deque<JavaMethod> open = new ArrayDeque<>(Set.of(route));
    Set<JavaMethod> seen = new HashSet<>();
    while (!open.isEmpty()) {
      JavaMethod method = open.pop();
      if (!seen.add(method)) {
        continue;
      }
      for (JavaMethodCall call : method.getMethodCallsFromSelf()) {
        String name = call.getTargetOwner().getName() + "." + call.getName();
        if (RECOGNISING.contains(name)) {
          return true;
        }
        if (call.getTargetOwner().equals(route.getOwner())) {
          call.getTarget().resolveMember().ifPresent(open::push);
        }
      }
    }
    return false;
  }
}
