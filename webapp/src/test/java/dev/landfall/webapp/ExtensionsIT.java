package dev.landfall.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.extension.NoShouting;
import dev.landfall.webapp.extension.RememberedResource;
import dev.landfall.webapp.extension.RememberingSink;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR with beans of a team that builds it into its own. */
@ExtendWith(ArquillianExtension.class)
class ExtensionsIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String ZERO = "0000000000000-000000-00000000";

  @ArquillianResource URI base;

  @Deployment(testable = false)
  static WebArchive war() {
    return ShrinkWrap.createFromZipFile(
            WebArchive.class, new File(System.getProperty("landfall.war")))
        .addClasses(NoShouting.class, RememberingSink.class, RememberedResource.class);
  }

  @Test
  void aValidatorOfTheTeamRefusesWhatTheSchemaAllows() throws Exception {
    String token = signedIn();

    HttpResponse<String> quiet = push("k1", "Milk", token);
    HttpResponse<String> loud = push("k2", "Milk!", token);

    assertThat(quiet.statusCode()).as(quiet.body()).isEqualTo(200);
    assertThat(loud.statusCode()).as(loud.body()).isEqualTo(400);
    assertThat(loud.body()).contains("must not end with an exclamation mark");
  }

  @Test
  void aSinkOfTheTeamIsToldWhatGoesIntoTheAuditTrail() throws Exception {
    signedIn();

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String told = "";
    while (!told.contains("signed_in") && System.nanoTime() < deadline) {
      told =
          CLIENT
              .send(
                  HttpRequest.newBuilder(base.resolve("remembered")).build(),
                  BodyHandlers.ofString())
              .body();
      Thread.sleep(50);
    }

    assertThat(told).contains("signed_in");
  }

  private HttpResponse<String> push(String key, String title, String token) throws Exception {
    return post(
        "todo/sync",
        ("{\"collection\":\"lists\",\"clientClock\":\"%s\",\"changes\":[{\"key\":\"%s\","
                + "\"doc\":{\"title\":\"%s\"},\"fieldRevs\":{},\"baseClock\":\"%1$s\"}]}")
            .formatted(ZERO, key, title),
        token);
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
}
