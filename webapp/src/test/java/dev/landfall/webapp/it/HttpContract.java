package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.body;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.it.Caller.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every route: forms of bodies, headers, errors. */
abstract class HttpContract {
  private static final byte[] PULL = JsonText.bytes(body(ZERO).build()).toArray();

  private final TestServer server;

  HttpContract(TestServer server) {
    this.server = server;
  }

  // ---- errors

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /nothing",
        "GET /lists/nothing",
        "GET /lists/sync/deeper",
        "POST /auth/google/x",
        "GET /auth/dev/x",
        "DELETE /lists/sync",
        "PUT /auth/me",
        "GET /auth/dev",
        "PATCH /lists/history"
      })
  void whatIsNotThereIsAnsweredInOurForm(String request) {
    String[] parts = request.split(" ");
    Answer answer = Caller.newUser(server).method(parts[0], parts[1]);

    assertThat(answer.status()).isIn(404, 405);
    assertThat(answer.text("code")).isIn("not_found", "method_not_allowed");
    assertHasOurHeaders(answer);
  }

  @Test
  void anAnswerThatCannotBeMadeIsNotAcceptable() {
    Answer answer = Caller.newUser(server).get("/auth/me", "Accept", "text/html");

    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.text("code")).isEqualTo("not_acceptable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json;q=x", "application/json;q=", "nonsense", ";"})
  void aWishThatIsNoneIsRefused(String accept) {
    Answer answer = Caller.newUser(server).get("/auth/me", "Accept", accept);

    assertThat(answer.status()).isIn(400, 406);
    assertThat(answer.text("code")).isIn("bad_request", "not_acceptable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/nope", "/openapi/ui/nope.js", "/todo%2Fsync", "/nope"})
  void whatIsNotThereNamesNoExceptionAndFillsNoLog(String path) {
    Answer answer = Caller.anonymous(server).get(path);

    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.text("code")).isIn("bad_request", "not_found");
    assertThat(answer.toString()).doesNotContain("Exception");
    assertThat(server.console()).doesNotContain("SRVE0315E").doesNotContain("SRVE0190E");
  }

  @Test
  void everyAnswerForbidsSniffingAndStoring() {
    Caller alice = Caller.newUser(server);

    assertHasOurHeaders(alice.get("/auth/me"));
    assertHasOurHeaders(alice.sync(body(ZERO).build()));
    assertHasOurHeaders(alice.sync(json("{}")));
    assertHasOurHeaders(Caller.anonymous(server).get("/auth/me"));
  }

  private static void assertHasOurHeaders(Answer answer) {
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.header("Content-Type")).startsWith("application/json");
  }

  @Test
  void whatAClientWritesIsNotEchoedAtLength() {
    Answer answer =
        Caller.newUser(server)
            .push(
                change("k", json("{}"), clock(0))
                    .put("fieldRevs", JsonObject.builder().put("x".repeat(900), "<script>").build())
                    .build());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error").length()).isLessThan(400);
  }

  // ---- bodies: D2, D3, D11, D12

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonx"
      })
  void aBodyThatIsNotSaidToBeJsonIsRefused(String type) {
    Answer answer = Caller.newUser(server).post("/lists/sync", PULL, "Content-Type", type);

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.text("code")).isEqualTo("unsupported_media_type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
        "application/json; x=y"
      })
  void jsonMayBeSaidInSeveralWays(String type) {
    assertThat(Caller.newUser(server).post("/lists/sync", PULL, "Content-Type", type).status())
        .isEqualTo(200);
  }

  @Test
  void aTypeThatIsNoneIsRefused() {
    assertThat(
            Caller.newUser(server)
                .post("/lists/sync", PULL, "Content-Type", "nonsense")
                .text("code"))
        .isIn("bad_request", "unsupported_media_type");
  }

  @Test
  void aBodyWithoutATypeIsRefused() {
    Caller alice = Caller.newUser(server);

    assertThat(
            alice
                .send(alice.request("/lists/sync").POST(BodyPublishers.ofByteArray(PULL)).build())
                .status())
        .isEqualTo(415);
  }

  @Test
  void aLargeBodyIsRefusedBeforeItIsRead() {
    byte[] large = new byte[16 * 1024 * 1024 + 1];
    java.util.Arrays.fill(large, (byte) ' ');

    assertThat(rawStatus("Content-Length: " + large.length, new byte[0])).isEqualTo(413);
  }

  @Test
  void aLargeBodyIsRefusedWhileItArrives() {
    byte[] piece = new byte[64 * 1024];
    java.util.Arrays.fill(piece, (byte) ' ');
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    for (int i = 0; i < 257; i++) {
      chunks.writeBytes("10000\r\n".getBytes(StandardCharsets.US_ASCII));
      chunks.writeBytes(piece);
      chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    assertThat(rawStatus("Transfer-Encoding: chunked", chunks.toByteArray())).isEqualTo(413);
  }

  @Test
  void aChunkedBodyIsReadLikeAnyOther() {
    Caller alice = Caller.newUser(server);

    assertThat(
            alice
                .send(
                    alice
                        .request("/lists/sync", "Content-Type", "application/json")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(PULL)))
                        .build())
                .status())
        .isEqualTo(200);
  }

  @Test
  void aBodyThatArrivesTooSlowlyIsGivenUp() throws Exception {
    try (Socket socket = open("Transfer-Encoding: chunked")) {
      OutputStream out = socket.getOutputStream();
      socket.setSoTimeout(100);
      int status = 0;
      for (int i = 0; i < 300 && status == 0; i++) {
        out.write("1\r\n \r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        status = statusIfThere(socket);
      }

      assertThat(status).isEqualTo(408);
    }
  }

  @Test
  void aBodyShorterThanSaidIsRefused() throws Exception {
    try (Socket socket = open("Content-Length: 1000")) {
      socket.getOutputStream().write(PULL);
      socket.shutdownOutput();
      socket.setSoTimeout(20_000);

      assertThat(status(socket)).isIn(400, 408, 0);
    }
  }

  @Test
  void aCompressedBodyIsUnpacked() {
    Answer answer =
        Caller.newUser(server).post("/lists/sync", gzip(PULL), "Content-Encoding", "gzip");

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void aCompressedBodyThatExplodesIsRefused() {
    byte[] zeros = new byte[10 * 1024 * 1024];
    java.util.Arrays.fill(zeros, (byte) ' ');
    Answer answer =
        Caller.newUser(server).post("/lists/sync", gzip(zeros), "Content-Encoding", "gzip");

    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void onlyOneGzipIsUnderstood() {
    Caller alice = Caller.newUser(server);

    assertThat(alice.post("/lists/sync", gzip(gzip(PULL)), "Content-Encoding", "gzip").status())
        .isEqualTo(415);
    assertThat(alice.post("/lists/sync", gzip(PULL), "Content-Encoding", "gzip, gzip").status())
        .isEqualTo(415);
    assertThat(alice.post("/lists/sync", gzip(PULL), "Content-Encoding", "br").status())
        .isEqualTo(415);
    assertThat(alice.post("/lists/sync", PULL, "Content-Encoding", "gzip").status()).isEqualTo(400);
    assertThat(
            alice
                .post(
                    "/lists/sync",
                    java.util.Arrays.copyOf(gzip(PULL), 20),
                    "Content-Encoding",
                    "gzip")
                .status())
        .isEqualTo(400);
  }

  @Test
  void aLargeAnswerIsCompressedForWhoTakesThat() throws Exception {
    Caller alice = Caller.newUser(server);
    alice.push(
        change("k", JsonObject.builder().put("text", "milk ".repeat(1_000)).build(), clock(0))
            .build());

    Answer packed = alice.sync(body(ZERO).build(), "Accept-Encoding", "br, gzip;q=0.5");
    Answer plain = alice.sync(body(ZERO).build(), "Accept-Encoding", "gzip;q=0");
    Answer tiny = alice.get("/auth/me", "Accept-Encoding", "gzip");

    assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(packed.body().length).isLessThan(1_500);
    assertThat(unzip(packed.body())).hasSize(plain.body().length);
    assertThat(plain.header("Content-Encoding")).isEqualTo("(none)");
    assertThat(tiny.header("Content-Encoding")).isEqualTo("(none)");
    assertThat(packed.headers().allValues("Vary").toString()).contains("Accept-Encoding");
  }

  @Test
  void anAnswerOfManyPiecesArrivesWhole() throws Exception {
    Caller alice = Caller.newUser(server);
    String text = "0123456789".repeat(2_000);
    for (int i = 0; i < 20; i++) {
      alice.push(
          change("k" + i, JsonObject.builder().put("text", text + i).build(), clock(0)).build());
    }

    Answer plain = alice.pull(ZERO);
    Answer packed = alice.sync(body(ZERO).build(), "Accept-Encoding", "gzip");

    assertThat(plain.list("serverChanges")).hasSize(20);
    assertThat(plain.body().length).isGreaterThan(400_000);
    JsonValue unpacked = JsonText.parse(unzip(packed.body()));
    assertThat(((JsonArray) ((JsonObject) unpacked).get("serverChanges")).values()).hasSize(20);
  }

  @Test
  void headersWithoutMeasureAreRefused() {
    assertThat(rawStatus("X-Org-Id: " + "x".repeat(100_000), new byte[0])).isIn(400, 431, 0);
    StringBuilder many = new StringBuilder("X-0: 0");
    for (int i = 1; i < 5_000; i++) {
      many.append("\r\nX-").append(i).append(": 0");
    }
    assertThat(rawStatus(many.toString(), new byte[0])).isIn(400, 431, 0);
  }

  // ---- origins: E5

  @Test
  void aConfiguredOriginMayReadTheAnswerAndTheFreshToken() {
    Answer answer = Caller.newUser(server).get("/auth/me", "Origin", "https://app.example.org");

    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.org");
    assertThat(answer.header("Access-Control-Expose-Headers"))
        .isEqualTo("X-Auth-Token, Retry-After");
    assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("(none)");
    assertThat(answer.headers().allValues("Vary").toString()).contains("Origin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example.org",
        "null",
        "https://app.example.org.evil",
        "https://APP.example.org:443",
        "http://app.example.org"
      })
  void anyOtherOriginMayNot(String origin) {
    Answer answer = Caller.newUser(server).get("/auth/me", "Origin", origin);
    Answer preflight =
        Caller.anonymous(server)
            .method(
                "OPTIONS",
                "/lists/sync",
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST");

    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("(none)");
    assertThat(answer.headers().allValues("Vary").toString()).contains("Origin");
    assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("(none)");
  }

  @Test
  void aConfiguredOriginMayAskBeforehand() {
    Answer preflight =
        Caller.anonymous(server)
            .method(
                "OPTIONS",
                "/lists/sync",
                "Origin",
                "https://app.example.org",
                "Access-Control-Request-Method",
                "DELETE",
                "Access-Control-Request-Headers",
                "X-Org-Id");

    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("Access-Control-Allow-Origin"))
        .isEqualTo("https://app.example.org");
    assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST", "DELETE");
    assertThat(preflight.header("Access-Control-Allow-Headers"))
        .contains("Authorization", "Content-Type", "X-Org-Id");
  }

  @Test
  void anErrorIsReadableForAConfiguredOriginToo() {
    Answer answer = Caller.anonymous(server).get("/auth/me", "Origin", "https://app.example.org");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.org");
  }

  // ---- operation

  @Test
  void theServerTellsThatItIsReadyAndWhatItDoes() {
    Caller alice = Caller.newUser(server);
    alice.push(change("k", json("{'a': 1}"), clock(0)).build());
    String metrics = new String(alice.get("/metrics").body(), StandardCharsets.UTF_8);

    assertThat(alice.get("/health/ready").text("status")).isEqualTo("UP");
    assertThat(alice.get("/health/live").status()).isEqualTo(200);
    assertThat(alice.get("/health/started").status()).isEqualTo(200);
    assertThat(metrics)
        .contains("landfall_requests_total")
        .contains("route=\"/{application}/sync\"")
        .contains("landfall_commits_total")
        .contains("landfall_commit_requests")
        .contains("landfall_store_seconds")
        .contains("landfall_token_cache_hits")
        .contains("landfall_feed_waiters")
        .contains("jvm_memory_used_bytes{area=\"heap\"}")
        .doesNotContain(alice.userId());
    assertThat(
            alice
                .get("/metrics", "Origin", "https://elsewhere.example.org")
                .headers()
                .firstValue("Access-Control-Allow-Origin"))
        .isEmpty();
  }

  @Test
  void theServerUnderneathShowsNothingOfItsOwn() {
    Caller nobody = Caller.anonymous(server);

    for (String path :
        List.of("/ibm/api", "/ibm/api/docs", "/ibm/api/explorer", "/IBMJMXConnectorREST")) {
      assertThat(nobody.get(path).status()).as(path).isEqualTo(404);
    }
  }

  @Test
  void theDescriptionOfTheApiIsServed() {
    Caller nobody = Caller.anonymous(server);

    assertThat(new String(nobody.get("/openapi").body(), StandardCharsets.UTF_8))
        .contains("/{application}/sync")
        .contains("bearer");
    assertThat(nobody.get("/openapi/ui/").status()).isEqualTo(200);
    assertThat(nobody.get("/").status()).isEqualTo(303);
    assertThat(nobody.get("/").header("Location")).isEqualTo("/openapi/ui/");
  }

  @Test
  void theLogHoldsNeitherTokensNorContentNorForgedLines() {
    Caller alice = Caller.newUser(server);
    String canary = "canary" + System.nanoTime();
    alice.push(change(canary, JsonObject.builder().put(canary, canary).build(), clock(0)).build());
    alice.sync(body(ZERO).put("collection", "x\n[ERROR] " + canary).build());
    alice.post("/lists/sync", "{\"" + canary);
    Caller.withToken(server, alice.token() + canary).get("/auth/me");
    for (String name :
        List.of("\u001b[31m", "${jndi:ldap://x}", "\u2028", "\r\n[ERROR] ", "x".repeat(100_000))) {
      String bad = name + canary;
      alice.sync(body(ZERO).put("collection", bad).build());
      alice.push(change(bad, JsonObject.EMPTY, clock(0)).build());
      alice.get("/docIndex/lists/" + Caller.encoded(bad.substring(0, Math.min(bad.length(), 60))));
      alice.get("/lists/live?collections=items&since=" + Caller.encoded(canary));
      alice.post("/" + Caller.encoded(canary) + "/sync", body(ZERO).build());
      alice.sync(body(ZERO).build(), "X-Org-Id", canary);
    }

    assertThat(server.console())
        .doesNotContain(canary)
        .doesNotContain(alice.token())
        .doesNotContain("\u001b")
        .doesNotContain("\u2028");
  }

  // ---- raw connections

  private Socket open(String headers) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket
        .getOutputStream()
        .write(
            ("POST /lists/sync HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer "
                    + Caller.newUser(server).token()
                    + "\r\n"
                    + headers
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return socket;
  }

  /** The status of the answer to a raw request; 0 if the connection was closed without one. */
  private int rawStatus(String headers, byte[] body) {
    try (Socket socket = open(headers)) {
      socket.setSoTimeout(20_000);
      try {
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // it was refused before it was read
      }
      return status(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int statusIfThere(Socket socket) throws IOException {
    try {
      return status(socket);
    } catch (java.net.SocketTimeoutException e) {
      return 0;
    }
  }

  private static int status(Socket socket) throws IOException {
    try {
      InputStream in = socket.getInputStream();
      byte[] start = in.readNBytes(12);
      return start.length < 12
          ? 0
          : Integer.parseInt(new String(start, 9, 3, StandardCharsets.US_ASCII));
    } catch (java.net.SocketException e) {
      return 0;
    }
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static byte[] unzip(byte[] packed) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }
}
