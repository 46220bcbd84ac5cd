package dev.landfall.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR as it is shipped, on an Open Liberty that is not ours. */
@ExtendWith(ArquillianExtension.class)
class DeploymentIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @ArquillianResource URI base;

  @Deployment(testable = false)
  static WebArchive war() {
    return ShrinkWrap.createFromZipFile(
        WebArchive.class, new File(System.getProperty("landfall.war")));
  }

  @Test
  void theDeployedServerIsReady() throws Exception {
    assertThat(get(base.resolve("/health/ready")).statusCode()).isEqualTo(200);
  }

  @Test
  void theApiDescribesItself() throws Exception {
    assertThat(get(base.resolve("/openapi")).body()).contains("openapi: 3.1");
  }

  @Test
  void anUnknownPathIsAnsweredWithJson() throws Exception {
    HttpResponse<String> response = get(base.resolve("nothing/here/at/all"));

    assertThat(response.statusCode()).isGreaterThanOrEqualTo(400).isLessThan(500);
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/json");
  }

  /** This server adds no header by itself, so that it is the application that does. */
  @Test
  void theApplicationItselfForbidsToKeepItsAnswers() throws Exception {
    String token = signedIn();
    String pull = "{\"collection\":\"lists\",\"clientClock\":\"0000000000000-000000-00000000\"}";

    for (HttpResponse<String> answer :
        List.of(
            post("todo/sync", pull, token),
            post("todo/sync", "{}", token),
            post("todo/sync", pull, "none"),
            get(base.resolve("auth/me")),
            get(base.resolve("shared/none")),
            get(base.resolve("auth/me?%ff")))) {
      assertThat(answer.headers().allValues("Cache-Control"))
          .as(answer.uri() + " " + answer.statusCode())
          .containsExactly("no-store");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }
  }

  @Test
  void theDeployedServerSynchronises() throws Exception {
    String token = signedIn();

    HttpResponse<String> synced =
        post(
            "todo/sync",
            "{\"collection\":\"lists\",\"clientClock\":\"0000000000000-000000-00000000\",\"changes\":[{"
                + "\"key\":\"k\",\"doc\":{\"title\":\"milk\"},\"fieldRevs\":{},"
                + "\"baseClock\":\"0000000000000-000000-00000000\"}]}",
            token);

    assertThat(synced.statusCode()).isEqualTo(200);
    assertThat(synced.body()).contains("\"title\":\"milk\"");
  }

  @Test
  void organisationsAreNotFoundedUnlessThatIsSwitchedOn() throws Exception {
    String token = signedIn();

    HttpResponse<String> refused = post("orgs", "{\"name\":\"Acme\"}", token);

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    assertThat(refused.body()).contains("\"code\":\"forbidden\"");
  }

  private String signedIn() throws Exception {
    HttpResponse<String> signedIn = post("auth/dev", "{\"name\":\"Alice\"}", "");
    assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(200);
    return signedIn.body().replaceAll("(?s).*\"token\":\"([^\"]*)\".*", "$1");
  }

  private HttpResponse<String> post(String path, String body, String token) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
