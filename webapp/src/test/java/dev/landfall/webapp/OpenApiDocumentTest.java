package dev.landfall.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.account.AccountResource;
import dev.landfall.webapp.account.ErasureReceiptResource;
import dev.landfall.webapp.account.HoldingsResource;
import dev.landfall.webapp.atom.AtomResource;
import dev.landfall.webapp.atom.OneAtomResource;
import dev.landfall.webapp.console.ConsoleResource;
import dev.landfall.webapp.device.DevicesResource;
import dev.landfall.webapp.examples.PlannerResource;
import dev.landfall.webapp.invitation.InvitationResource;
import dev.landfall.webapp.invitation.OrganisationInvitationsResource;
import dev.landfall.webapp.operator.OperatorJobsResource;
import dev.landfall.webapp.operator.OperatorListsResource;
import dev.landfall.webapp.operator.OperatorUsersResource;
import dev.landfall.webapp.organisation.OrganisationsResource;
import dev.landfall.webapp.people.BlockedResource;
import dev.landfall.webapp.people.OperatorResource;
import dev.landfall.webapp.people.PeopleResource;
import dev.landfall.webapp.people.ProfileResource;
import dev.landfall.webapp.search.SearchResource;
import dev.landfall.webapp.session.AuthResource;
import dev.landfall.webapp.sharing.DocumentIndexResource;
import dev.landfall.webapp.sharing.RedemptionResource;
import dev.landfall.webapp.sharing.SharedResource;
import dev.landfall.webapp.signin.SignInResource;
import dev.landfall.webapp.sync.ChangesResource;
import dev.landfall.webapp.sync.HistoryResource;
import dev.landfall.webapp.sync.LiveResource;
import dev.landfall.webapp.sync.SyncResource;
import dev.landfall.webapp.trail.AccountAuditResource;
import dev.landfall.webapp.trail.OperatorAuditResource;
import dev.landfall.webapp.trail.OrganisationAuditResource;
import dev.landfall.webapp.transfer.AccountExportResource;
import dev.landfall.webapp.transfer.AccountImportResource;
import dev.landfall.webapp.transfer.OrganisationExportResource;
import dev.landfall.webapp.transfer.OrganisationImportResource;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.junit.jupiter.api.Test;

/**
 * The description of the API is written by hand; this keeps it honest about which routes there are.
 */
class OpenApiDocumentTest {
  private static final List<Class<?>> RESOURCES =
      List.of(
          AuthResource.class,
          AccountResource.class,
          ErasureReceiptResource.class,
          HoldingsResource.class,
          ConsoleResource.class,
          SignInResource.class,
          SyncResource.class,
          AtomResource.class,
          OneAtomResource.class,
          ChangesResource.class,
          HistoryResource.class,
          SearchResource.class,
          OrganisationsResource.class,
          LiveResource.class,
          DocumentIndexResource.class,
          BlockedResource.class,
          OperatorResource.class,
          OperatorListsResource.class,
          OperatorUsersResource.class,
          OperatorJobsResource.class,
          DevicesResource.class,
          InvitationResource.class,
          OrganisationInvitationsResource.class,
          ProfileResource.class,
          PeopleResource.class,
          OrganisationAuditResource.class,
          AccountAuditResource.class,
          OperatorAuditResource.class,
          AccountExportResource.class,
          AccountImportResource.class,
          OrganisationExportResource.class,
          OrganisationImportResource.class,
          SharedResource.class,
          RedemptionResource.class,
          PlannerResource.class,
          GuideResource.class);

  private static String text() throws IOException {
    return new String(
        OpenApiDocumentTest.class.getResourceAsStream("/META-INF/openapi.yaml").readAllBytes(),
        StandardCharsets.UTF_8);
  }

  private static Set<String> described() throws IOException {
    Set<String> routes = new TreeSet<>();
    String path = "";
    for (String line : text().lines().toList()) {
      if (line.matches("  /\\S*:")) {
        path = line.strip().replaceAll(":$", "");
      } else if (line.matches("    (get|post|put|patch|delete):")) {
        routes.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " " + path);
      } else if (line.startsWith("components:")) {
        break;
      }
    }
    return routes;
  }

  private static Set<String> implemented() {
    Set<String> routes = new TreeSet<>();
    for (Class<?> resource : RESOURCES) {
      String base = resource.getAnnotation(Path.class).value();
      for (Method method : resource.getDeclaredMethods()) {
        Operation operation = method.getAnnotation(Operation.class);
        if (operation != null && operation.hidden()) {
          continue; // the same as another one that is described
        }
        for (Annotation annotation : method.getAnnotations()) {
          HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
          if (http != null) {
            Path path = method.getAnnotation(Path.class);
            String whole = base + "/" + (path == null ? "" : path.value());
            String clean =
                whole
                    .replaceAll("\\{(\\w+):[^}]*}", "{$1}")
                    .replaceAll("/+", "/")
                    .replaceAll("(.)/$", "$1");
            routes.add(http.value() + " " + clean);
          }
        }
      }
    }
    return routes;
  }

  @Test
  void everyRouteIsDescribedAndNothingElse() throws IOException {
    Set<String> described = described();
    described.remove("GET /health/ready");

    assertThat(described).isEqualTo(implemented());
  }

  @Test
  void everyResourceIsLookedAt() throws IOException {
    try (Stream<java.nio.file.Path> sources = Files.walk(java.nio.file.Path.of("src/main/java"))) {
      List<String> resources =
          sources
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Resource.java"))
              .map(name -> name.replace(".java", ""))
              .toList();

      assertThat(RESOURCES.stream().map(Class::getSimpleName))
          .containsExactlyInAnyOrderElementsOf(resources);
    }
  }

  /**
   * Open Liberty cannot merge a document with {@code true} or {@code false} in place of a schema
   * with those of other applications, and answers 500 for all of them.
   */
  @Test
  void noSchemaIsABoolean() throws IOException {
    assertThat(text())
        .doesNotContainPattern(
            "(?:additionalProperties|unevaluatedProperties|items|schema|not): (?:true|false)\\b");
  }

  /** Open Liberty reads YAML 1.1, in which these words without quotes are booleans. */
  @Test
  void noNameIsReadAsABoolean() throws IOException {
    String word = "\\b(on|off|yes|no|y|n)\\b";
    assertThat(
            text()
                .lines()
                .map(line -> line.replaceAll("\"[^\"]*\"", "\"\""))
                .filter(
                    line ->
                        line.matches("(.*[{,])? *" + word + ": .*")
                            || line.matches(".*(required|enum): \\[[^\\]]*" + word + ".*")))
        .isEmpty();
  }
}
