package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.session.TokenForge;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Who gets what: every route that the description of the API names, for every kind of caller. A
 * route without a row here fails the test.
 */
class AuthorisationMatrixIT {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * What the routes answer. All but the rows marked as personal ask in the context of the
   * organisation; the owner of the document is a member of it, not an administrator.
   */
  private static final String MATRIX =
      """
      route                                                anonymous expired deleted stranger former member admin owner link
      POST /auth/dev                                       200       200     200     200      200    200    200   200   200
      GET /auth/login                                      200       200     200     200      200    200    200   200   200
      GET /auth/{provider}                                 404       404     404     404      404    404    404   404   404
      GET /auth/{provider}/callback                        404       404     404     404      404    404    404   404   404
      POST /auth/{provider}/callback                       404       404     404     404      404    404    404   404   404
      POST /auth/link/{provider}                           401       401     401     404      404    404    404   404   401
      DELETE /auth/providers/{provider}                    401       401     401     404      404    404    404   404   401
      GET /auth/me                                         401       401     401     200      200    200    200   200   401
      POST /auth/logout                                    200       200     200     200      200    200    200   200   200
      DELETE /account                                      401       401     401     204      204    204    204   204   401
      POST /{application}/sync                             401       401     401     403      403    200    200   200   401
      GET /sync                                            401       401     401     403      403    200    200   200   401
      POST /sync                                           401       401     401     403      403    200    200   200   401
      GET /{application}/atom                              401       401     401     403      403    200    200   200   401
      POST /{application}/atom                             401       401     401     403      403    200    200   200   401
      GET /{application}/changes                           401       401     401     403      403    200    200   200   401
      GET /{application}/live                              401       401     401     403      403    200    200   200   401
      GET /{application}/history                           401       401     401     403      403    200    200   200   401
      GET /{application}/history (personal)                401       401     401     404      404    404    404   200   401
      POST /{application}/history/restore                  401       401     401     403      403    200    200   200   401
      POST /{application}/history/restore (personal)       401       401     401     404      404    404    404   200   401
      POST /orgs                                           401       401     401     201      201    201    201   201   401
      GET /orgs                                            401       401     401     200      200    200    200   200   401
      DELETE /orgs/{orgId}                                 401       401     401     403      403    403    204   403   401
      GET /orgs/{orgId}/members                            401       401     401     403      403    200    200   200   401
      POST /orgs/{orgId}/members                           401       401     401     403      403    403    200   403   401
      PATCH /orgs/{orgId}/members/{userId}                 401       401     401     403      403    403    200   403   401
      DELETE /orgs/{orgId}/members/{userId}                401       401     401     403      403    403    200   403   401
      POST /{application}/search                           401       401     401     403      403    200    200   200   401
      GET /orgs/{orgId}/export                             401       401     401     403      403    403    200   403   401
      POST /orgs/{orgId}/import                            401       401     401     403      403    403    200   403   401
      GET /account/export                                  401       401     401     200      200    200    200   200   401
      POST /account/import                                 401       401     401     200      200    200    200   200   401
      GET /docIndex/{app}/{docKey}                         401       401     401     403      403    404    200   200   401
      GET /docIndex/{app}/{docKey} (personal)              401       401     401     404      404    404    404   200   401
      PATCH /docIndex/{app}/{docKey}                       401       401     401     403      403    404    200   200   401
      PATCH /docIndex/{app}/{docKey} (personal)            401       401     401     404      404    404    404   200   401
      POST /docIndex/{app}/{docKey}/shareToken             401       401     401     403      403    404    200   200   401
      POST /docIndex/{app}/{docKey}/shareToken (personal)  401       401     401     404      404    404    404   200   401
      DELETE /docIndex/{app}/{docKey}/shareToken           401       401     401     403      403    404    200   200   401
      DELETE /docIndex/{app}/{docKey}/shareToken (personal) 401       401     401     404      404    404    404   200   401
      GET /docIndex/{app}                                  401       401     401     403      403    404    200   200   401
      GET /docIndex/{app} (personal)                       401       401     401     404      404    404    404   200   401
      PATCH /docIndex/{app}                                401       401     401     403      403    404    200   200   401
      PATCH /docIndex/{app} (personal)                     401       401     401     404      404    404    404   200   401
      POST /docIndex/{app}/shareToken                      401       401     401     403      403    404    200   200   401
      POST /docIndex/{app}/shareToken (personal)           401       401     401     404      404    404    404   200   401
      DELETE /docIndex/{app}/shareToken                    401       401     401     403      403    404    200   200   401
      DELETE /docIndex/{app}/shareToken (personal)         401       401     401     404      404    404    404   200   401
      DELETE /docIndex/{app}/{docKey}/access               401       401     401     404      404    404    404   404   401
      DELETE /docIndex/{app}/access                        401       401     401     404      404    404    404   404   401
      POST /orgs/{orgId}/invitations                       401       401     401     403      403    403    201   403   401
      GET /orgs/{orgId}/invitations                        401       401     401     403      403    403    200   403   401
      DELETE /orgs/{orgId}/invitations/{invitationId}      401       401     401     403      403    403    404   403   401
      GET /invitations/{token}                             404       404     404     404      404    404    404   404   404
      POST /invitations/{token}/accept                     401       401     401     404      404    404    404   404   401
      POST /invitations/{token}/decline                    401       401     401     404      404    404    404   404   401
      GET /account/erasure/{receiptId}                     404       404     404     404      404    404    404   404   404
      POST /account/erasure/confirmations                  401       401     204     409      409    409    409   409   401
      GET /account/devices                                 401       401     401     200      200    200    200   200   401
      DELETE /account/devices/{deviceId}                   401       401     401     404      404    404    404   404   401
      GET /account/audit                                   401       401     401     200      200    200    200   200   401
      GET /orgs/{orgId}/audit                              401       401     401     403      403    403    200   403   401
      GET /operator/audit                                  401       401     401     403      403    403    403   403   401
      GET /account/profile                                 401       401     401     200      200    200    200   200   401
      PATCH /account/profile                               401       401     401     200      200    200    200   200   401
      GET /people                                          401       401     401     200      200    200    200   200   401
      GET /account/blocked                                 401       401     401     200      200    200    200   200   401
      PUT /account/blocked/{userId}                        401       401     401     204      204    204    204   204   401
      DELETE /account/blocked/{userId}                     401       401     401     204      204    204    204   204   401
      GET /orgs/{orgId}/shares                             401       401     401     403      403    403    200   403   401
      GET /operator/applications                           401       401     401     403      403    403    403   403   401
      GET /operator/users                                  401       401     401     403      403    403    403   403   401
      GET /operator/orgs                                   401       401     401     403      403    403    403   403   401
      GET /operator/usage                                  401       401     401     403      403    403    403   403   401
      GET /operator/jobs                                   401       401     401     403      403    403    403   403   401
      POST /operator/jobs                                  401       401     401     403      403    403    403   403   401
      PUT /operator/users/{userId}/blocked                 401       401     401     403      403    403    403   403   401
      DELETE /operator/users/{userId}/blocked              401       401     401     403      403    403    403   403   401
      POST /operator/users/{userId}/sessions/end           401       401     401     403      403    403    403   403   401
      DELETE /operator/users/{userId}                      401       401     401     403      403    403    403   403   401
      POST /operator/sharing/end                           401       401     401     403      403    403    403   403   401
      GET /shared/{token}                                  200       200     200     200      200    200    200   200   200
      POST /shared/{token}/redeem                          401       401     401     404      404    404    404   404   401
      GET /quickstart                                      200       200     200     200      200    200    200   200   200
      GET /console                                         303       303     303     303      303    303    303   303   303
      GET /console/settings                                200       200     200     200      200    200    200   200   200
      GET /console/{asset}                                 404       404     404     404      404    404    404   404   404
      GET /account/applications                            401       401     401     403      403    200    200   200   401
      GET /account/shares                                  401       401     401     200      200    200    200   200   401
      GET /examples/planner                                303       303     303     303      303    303    303   303   303
      GET /examples/planner/{file}                         404       404     404     404      404    404    404   404   404
      GET /                                                303       303     303     303      303    303    303   303   303
      GET /health/ready                                    200       200     200     200      200    200    200   200   200
      """;

  private static final String PERSONAL = " (personal)";

  private final TestServer server = TestServer.shared("memory");
  private final String key = "plan-" + UUID.randomUUID();
  private final Caller admin = Caller.newUser(server);
  private final Caller owner = Caller.newUser(server);
  private final Map<String, Caller> callers = new LinkedHashMap<>();
  private String organisation = "";
  private String commit = "";
  private String personalCommit = "";
  private String link = "";

  private void settle() {
    organisation =
        admin.post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}")).text("orgId");
    Caller member = Caller.newUser(server);
    Caller former = Caller.newUser(server);
    for (Caller one : List.of(owner, member, former)) {
      join(one.userId());
    }
    admin.method("DELETE", "/orgs/" + organisation + "/members/" + former.userId());
    JsonObject push =
        Caller.body(ZERO)
            .put("changes", new JsonArray(List.of(change(key, json("{'a': 1}"), clock(0)).build())))
            .build();
    commit = revision(owner.sync(push, "X-Org-Id", organisation));
    personalCommit = revision(owner.sync(push));
    String linked = "linked-" + UUID.randomUUID();
    owner.push(change(linked, json("{'a': 1}"), clock(0)).build());
    link = owner.method("POST", "/docIndex/lists/" + linked + "/shareToken").text("shareToken");
    long old = System.currentTimeMillis() / 1000 - 4 * 86_400;
    String expired =
        new TokenForge(TestServer.SECRET.getBytes(StandardCharsets.UTF_8))
            .session(owner.userId(), old, old);
    callers.put("anonymous", Caller.anonymous(server));
    callers.put("expired", Caller.withToken(server, expired));
    Caller deleted = Caller.newUser(server);
    join(deleted.userId());
    deleted.method("DELETE", "/account");
    callers.put("deleted", Caller.withToken(server, deleted.token()));
    callers.put("stranger", Caller.newUser(server));
    callers.put("former", former);
    callers.put("member", member);
    callers.put("admin", admin);
    callers.put("owner", owner);
    callers.put("link", Caller.withToken(server, link));
  }

  private String revision(Caller.Answer answer) {
    return answer.list("serverChanges").stream()
        .map(JsonObject.class::cast)
        .filter(document -> document.get("_key").equals(new JsonString(key)))
        .map(document -> ((JsonString) document.get("_rev")).value())
        .findFirst()
        .orElseThrow(() -> new AssertionError(answer.toString()));
  }

  /** Somebody in the organisation whom nobody needs for anything else. */
  private String join(String user) {
    admin.post("/orgs/" + organisation + "/members", json("{'userId': '" + user + "'}"));
    return user;
  }

  @Test
  void everyRouteAnswersEveryKindOfCallerAsItIsWritten() throws Exception {
    settle();
    List<List<String>> rows = rows();
    List<String> kinds = rows.get(0).subList(1, rows.get(0).size());
    assertThat(kinds).containsExactlyElementsOf(callers.keySet());

    List<String> wrong = new ArrayList<>();
    for (List<String> row : rows.subList(1, rows.size())) {
      for (int i = 0; i < kinds.size(); i++) {
        int status = status(row.get(0), callers.get(kinds.get(i)));
        if (!row.get(i + 1).equals(Integer.toString(status))) {
          wrong.add(row.get(0) + " for " + kinds.get(i) + ": " + status);
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void everyRouteHasARow() throws IOException {
    Set<String> written =
        rows().stream()
            .skip(1)
            .map(row -> row.get(0).replace(PERSONAL, ""))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(written).isEqualTo(described());
  }

  /** Route and statuses, and the names of the columns first. */
  private static List<List<String>> rows() {
    return MATRIX
        .lines()
        .map(
            line -> {
              String[] words = line.strip().split("\\s+");
              int columns = 9;
              List<String> row = new ArrayList<>();
              row.add(String.join(" ", List.of(words).subList(0, words.length - columns)));
              row.addAll(List.of(words).subList(words.length - columns, words.length));
              return row;
            })
        .toList();
  }

  private static Set<String> described() throws IOException {
    Set<String> routes = new TreeSet<>();
    String path = "";
    try (InputStream text =
        AuthorisationMatrixIT.class.getResourceAsStream("/META-INF/openapi.yaml")) {
      for (String line : new String(text.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.matches("  /\\S*:")) {
          path = line.strip().replaceAll(":$", "");
        } else if (line.matches("    (get|put|post|patch|delete|head|options|trace):")) {
          routes.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " " + path);
        } else if (line.startsWith("components:")) {
          break;
        }
      }
    }
    return routes;
  }

  private int status(String row, Caller kind) throws IOException, InterruptedException {
    boolean ends = row.equals("DELETE /account") && !kind.userId().isEmpty();
    Caller caller = ends ? Caller.newUser(server) : kind; // who is needed once more
    boolean personal = row.endsWith(PERSONAL);
    String[] route = row.replace(PERSONAL, "").split(" ");
    String path =
        route[1]
            .replace("{application}", "lists")
            .replace("{app}", "lists")
            .replace("{provider}", "github")
            .replace("{invitationId}", "0".repeat(64))
            .replace("{deviceId}", "phone")
            .replace("{receiptId}", "0".repeat(60))
            .replace("{docKey}", key)
            .replace("{token}", link)
            .replace("{file}", "planner.css")
            .replace("{asset}", "nothing.css")
            .replace(
                "{orgId}",
                row.equals("DELETE /orgs/{orgId}") && kind == admin
                    ? admin
                        .post("/orgs", json("{'name': 'Org " + UUID.randomUUID() + "'}"))
                        .text("orgId")
                    : organisation);
    if (path.contains("{userId}")) {
      String somebody = UUID.randomUUID().toString();
      path = path.replace("{userId}", path.startsWith("/orgs") ? join(somebody) : somebody);
    }
    HttpRequest.Builder request =
        caller.request(path + query(path, personal), "Content-Type", type(path));
    if (!personal) {
      request.header("X-Org-Id", organisation);
    }
    HttpResponse<InputStream> response =
        CLIENT.send(
            request.method(route[0], body(row, personal)).build(), BodyHandlers.ofInputStream());
    response.body().close(); // a stream does not end by itself
    return response.statusCode();
  }

  private static String type(String path) {
    if (path.endsWith("/callback")) {
      return "application/x-www-form-urlencoded";
    }
    return path.equals("/sync") || path.endsWith("/atom")
        ? "application/transit+json"
        : "application/json";
  }

  private String query(String path, boolean personal) {
    if (path.equals("/docIndex/lists/" + key + "/access")) {
      return "?owner=" + owner.userId();
    }
    return switch (path) {
      case "/docIndex/lists/access" -> "?owner=" + owner.userId() + "&key=" + key;
      case "/people" -> "?ids=" + owner.userId();
      case "/lists/changes" -> "?collection=items&wait=0";
      case "/sync", "/lists/atom" -> "?group=items";
      case "/lists/live" -> "?collections=items";
      case "/lists/history" ->
          "?collection=items&key=" + key + (personal ? "&owner=" + owner.userId() : "");
      case "/docIndex/lists", "/docIndex/lists/shareToken" -> "?key=" + key;
      default -> "";
    };
  }

  private HttpRequest.BodyPublisher body(String row, boolean personal) {
    String text =
        switch (row.replace(PERSONAL, "")) {
          case "POST /auth/dev" -> "{'name': 'somebody'}";
          case "POST /auth/{provider}/callback" -> "state=x&code=y";
          case "POST /{application}/sync" ->
              "{'collection': 'items', 'clientClock': '%s'}".formatted(ZERO);
          case "POST /{application}/search" -> "{'collection': 'items'}";
          case "POST /sync", "POST /{application}/atom" -> "{'~:docs': []}";
          case "POST /{application}/history/restore" ->
              "{'collection': 'items', 'key': '%s', 'commit': '%s'%s}"
                  .formatted(
                      key,
                      personal ? personalCommit : commit,
                      personal ? ", 'owner': '" + owner.userId() + "'" : "");
          case "POST /orgs" -> "{'name': 'Org " + UUID.randomUUID() + "'}";
          case "POST /orgs/{orgId}/members" -> "{'userId': '" + UUID.randomUUID() + "'}";
          case "PATCH /orgs/{orgId}/members/{userId}" -> "{'role': 'member'}";
          case "POST /account/import", "POST /orgs/{orgId}/import" -> "{'docs': {}}";
          case "POST /orgs/{orgId}/invitations" -> "{}";
          case "POST /account/erasure/confirmations" -> "{'device': 'phone'}";
          case "POST /operator/jobs" -> "{'kind': 'purge'}";
          case "PATCH /account/profile" -> "{'findable': 'nobody'}";
          case "PATCH /docIndex/{app}/{docKey}", "PATCH /docIndex/{app}" ->
              "{'visibility': 'private'}";
          case "POST /operator/sharing/end" ->
              "{'app': 'lists', 'owner': '"
                  + owner.userId()
                  + "', 'collection': 'items', 'key': 'x'}";
          default -> "";
        };
    return text.isEmpty()
        ? BodyPublishers.noBody()
        : BodyPublishers.ofString(text.replace('\'', '"'));
  }
}
