package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.it.beside.GreetingResource;
import dev.landfall.webapp.it.beside.OtherApplication;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** WAR and EAR on a stock Open Liberty as docs/deploy-liberty.md has it, beside another one. */
class BesideOthersIT {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String PULL =
      "{\"collection\":\"lists\",\"clientClock\":\"0000000000000-000000-00000000\"}";

  private static StockServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new StockServer("beside-others", false, file -> file);
    File war = new File(System.getProperty("landfall.war"));
    Files.copy(war.toPath(), server.apps().resolve("landfall.war"));
    write(
        server,
        ShrinkWrap.create(WebArchive.class, "yours.war")
            .addClasses(OtherApplication.class, GreetingResource.class),
        "yours.war");
    server.start("/health/ready", "/landfall/quickstart", "/yours/api/greeting");
  }

  private static void write(StockServer server, Archive<?> archive, String name) {
    Path file = server.apps().resolve(name);
    archive.as(ZipExporter.class).exportTo(file.toFile(), true);
  }

  @AfterAll
  static void close() {
    if (server != null) {
      server.close();
    }
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return get(server, path);
  }

  private static HttpResponse<String> get(StockServer server, String path) throws Exception {
    return CLIENT.send(HttpRequest.newBuilder(server.uri(path)).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(
      StockServer server, String path, byte[] body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static String token(StockServer server, String context) throws Exception {
    return post(
            server, context + "/auth/dev", "{\"name\":\"Alice\"}".getBytes(StandardCharsets.UTF_8))
        .body()
        .replaceAll("(?s).*\"token\":\"([^\"]*)\".*", "$1");
  }

  private static byte[] gzip(String text) throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  @Test
  void theDescriptionsOfAllApplicationsAreMerged() throws Exception {
    HttpResponse<String> description = get("/openapi");

    assertThat(description.statusCode()).as(description.body()).isEqualTo(200);
    assertThat(description.body())
        .contains("/landfall/{application}/sync")
        .contains("/yours/api/greeting");
    assertThat(get("/yours/api/greeting").body()).isEqualTo("Good morning");
  }

  @Test
  void compressedBodiesAreUnderstood() throws Exception {
    String bearer = "Bearer " + token(server, "/landfall");

    HttpResponse<String> packed =
        post(
            server,
            "/landfall/todo/sync",
            gzip(PULL),
            "Authorization",
            bearer,
            "Content-Encoding",
            "gzip");
    HttpResponse<String> plain =
        post(
            server,
            "/landfall/todo/sync",
            PULL.getBytes(StandardCharsets.UTF_8),
            "Authorization",
            bearer);

    assertThat(packed.statusCode()).as(packed.body()).isEqualTo(200);
    assertThat(plain.statusCode()).isEqualTo(200);
  }

  @Test
  void theNaturalFeaturesAreEnough() throws Exception {
    assertThat(server.console())
        .doesNotContain("WELD-")
        .doesNotContain("Exception")
        .as("the file of the guide has all that is needed")
        .doesNotContain("server.xml lacks");
  }

  @Test
  void anyContextRootWillDo() throws Exception {
    assertThat(get("/landfall/examples/planner").headers().firstValue("Location"))
        .contains("/landfall/examples/planner/");
    assertThat(get("/landfall/console").headers().firstValue("Location"))
        .contains("/landfall/console/");
    assertThat(get("/landfall/").headers().firstValue("Location")).contains("/openapi/ui/");
  }

  @Test
  void anEarOnJakarta10SaysWhichSettingsItLacksAndIsStoppedWithoutWaitingForStreamsAndPolls()
      throws Exception {
    try (StockServer other =
        new StockServer(
            "stopped", true, file -> StockServer.withoutSettings(StockServer.onJakarta10(file)))) {
      write(
          other,
          ShrinkWrap.create(EnterpriseArchive.class, "landfall.ear")
              .addAsModule(new File(System.getProperty("landfall.war")), "landfall.war")
              .setApplicationXML(
                  new StringAsset(
                      """
                    <application xmlns="https://jakarta.ee/xml/ns/jakartaee" version="10">
                      <module><web><web-uri>landfall.war</web-uri><context-root>/</context-root></web></module>
                    </application>
                    """)),
          "landfall.ear");
      other.start("/landfall/quickstart");
      String bearer = "Bearer " + token(other, "/landfall");
      HttpResponse<InputStream> stream =
          CLIENT.send(
              HttpRequest.newBuilder(other.uri("/landfall/todo/live?collections=lists"))
                  .header("Authorization", bearer)
                  .build(),
              BodyHandlers.ofInputStream());
      CompletableFuture<HttpResponse<String>> poll =
          CLIENT.sendAsync(
              HttpRequest.newBuilder(other.uri("/landfall/todo/changes?collection=lists&wait=25"))
                  .header("Authorization", bearer)
                  .build(),
              BodyHandlers.ofString());
      assertThat(stream.body().read()).isNotNegative();

      assertThat(other.console())
          .contains("CWWKF0012I") // the features are named there
          .contains("cdi-4.0")
          .contains("server.xml lacks <httpOptions AutoDecompression=\"false\"/>")
          .contains("server.xml lacks <httpOptions MessageSizeLimit=")
          .contains("server.xml lacks <webContainer skipEncodedCharVerification=\"true\"/>")
          .contains("suppresslastzerobytepackage")
          .contains("server.xml lacks <executor coreThreads=")
          .doesNotContain("WELD-");
      assertThat(get(other, "/openapi").statusCode()).isEqualTo(200);

      int code = other.stop();

      assertThat(code).isZero();
      assertThat(other.console())
          .as("that Open Liberty has given up waiting (CWWKE1102W) after half a minute")
          .doesNotContain("CWWKE1102W");
      assertThat(poll.handle((answer, failure) -> true).join()).isTrue();
      stream.body().close();
    }
  }
}
