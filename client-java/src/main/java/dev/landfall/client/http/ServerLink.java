package dev.landfall.client.http;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Outgoing;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way to one application of one server, as one user. Nothing of a replica is sent before it is
 * known who that user and that server are.
 *
 * <p>Safe for concurrent use.
 */
public final class ServerLink {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** The code of a failure in which no server answered. */
  public static final String UNREACHABLE = "unreachable";

  private static final long MAX_WAIT_SECONDS = 600;

  /**
   * Who asks and whom, as the replica is bound to.
   *
   * @param token with which that was found out
   * @param self whose documents are one's own
   */
  private record Known(String token, String self, Optional<String> instance) {}

  private final HttpClient http;
  private final URI base;
  private final URI application;
  private final Optional<String> organisation;
  private final Consumer<String> fresherToken;
  private final Duration silence;
  private volatile String token;
  private volatile String asked = "";
  private volatile @Nullable Known known;

  /**
   * A link.
   *
   * @param server its address, with or without a path
   * @param fresherToken hears of each token that the server gave in exchange
   */
  public ServerLink(
      URI server,
      ApplicationName application,
      Optional<String> organisation,
      String token,
      Consumer<String> fresherToken,
      Executor executor) {
    this(
        server,
        application,
        organisation,
        token,
        fresherToken,
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(version(server))
            .executor(executor)
            .build(),
        SILENCE);
  }

  /**
   * A link over a client of the application's.
   *
   * @param silence after how long without a sign of life a request is given up
   */
  public ServerLink(
      URI server,
      ApplicationName application,
      Optional<String> organisation,
      String token,
      Consumer<String> fresherToken,
      HttpClient http,
      Duration silence) {
    String address = server.toString();
    this.base = URI.create(address.endsWith("/") ? address : address + "/");
    this.application = URI.create(base + application.value() + "/");
    this.silence = silence;
    this.organisation = organisation;
    this.token = token;
    this.fresherToken = fresherToken;
    this.http = http;
  }

  /** Uses another token from now on. */
  public void token(String other) {
    token = other;
  }

  /** Without TLS, HTTP/2 is asked for by an upgrade that some proxies refuse or get wrong. */
  private static HttpClient.Version version(URI server) {
    return "https".equalsIgnoreCase(server.getScheme())
        ? HttpClient.Version.HTTP_2
        : HttpClient.Version.HTTP_1_1;
  }

  /** Whether it is known who asks with the present token, and whom. */
  public boolean isKnown() {
    Known now = known;
    return now != null && now.token().equals(token);
  }

  /**
   * Asks the server who it is and who asks.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public Answer whoAmI() throws InterruptedException {
    String used = token;
    asked = used;
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("auth/me"))
            .header("Authorization", "Bearer " + used)
            .build();
    return exchange(request, new Silence(silence), used, ServerLink::identified);
  }

  /**
   * What the last answer to {@link #whoAmI} said is as it should be: from now on requests may go
   * out with that token.
   */
  public void trust(String self, Optional<String> instance) {
    known = new Known(asked, self, instance);
  }

  /** The server has to be asked again who it is. */
  public void forget() {
    known = null;
  }

  /**
   * Sends a request and waits for the answer as long as something moves.
   *
   * @param pageBytes how large the answer may be, about
   * @throws InterruptedException if the thread is interrupted; then nobody knows what became of it
   */
  public Answer sync(CollectionName collection, Outgoing outgoing, long pageBytes)
      throws InterruptedException {
    Known now = known;
    String used = token;
    if (now == null || !now.token().equals(used)) {
      return new Answer.Unidentified();
    }
    byte[] body =
        JsonText.print(SyncJson.of(collection, outgoing, now.self(), pageBytes))
            .getBytes(StandardCharsets.UTF_8);
    Silence waiting = new Silence(silence);
    HttpRequest request =
        request("sync", used)
            .header("Content-Type", "application/json")
            .POST(waiting.body(body))
            .build();
    return exchange(request, waiting, used, json -> synced(json, now));
  }

  /**
   * Asks which documents a query finds.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public Answer search(JsonObject query) throws InterruptedException {
    Known now = known;
    String used = token;
    if (now == null || !now.token().equals(used)) {
      return new Answer.Unidentified();
    }
    Silence waiting = new Silence(silence);
    HttpRequest request =
        request("search", used)
            .header("Content-Type", "application/json")
            .POST(waiting.body(JsonText.print(query).getBytes(StandardCharsets.UTF_8)))
            .build();
    return exchange(request, waiting, used, json -> new Answer.Found(json, now.self()));
  }

  private Answer exchange(
      HttpRequest request, Silence waiting, String used, Function<JsonObject, Answer> read)
      throws InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, waiting.answer());
    try {
      HttpResponse<byte[]> response = waiting.await(answer);
      keepToken(response, used);
      return read(response, read);
    } catch (TimeoutException e) {
      return new Answer.Unknown(UNREACHABLE, "no answer in time", Optional.empty());
    } catch (ExecutionException e) {
      return new Answer.Unknown(UNREACHABLE, "the server cannot be reached", Optional.empty());
    } finally {
      answer.cancel(true);
    }
  }

  private static Answer identified(JsonObject json) {
    return new Answer.Identified(
        new UserId(SyncJson.text(json, "userId")), SyncJson.instance(json), SyncJson.epoch(json));
  }

  /** An answer of another server than the one that was asked who it is has no effect. */
  private Answer synced(JsonObject json, Known now) {
    Optional<String> instance = SyncJson.instance(json);
    if (instance.isPresent() && now.instance().isPresent() && !instance.equals(now.instance())) {
      known = null;
      return new Answer.Unidentified();
    }
    return new Answer.Done(SyncJson.reply(json, now.self()));
  }

  private HttpRequest.Builder request(String path, String used) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(application.resolve(path)).header("Authorization", "Bearer " + used);
    organisation.ifPresent(id -> request.header("X-Org-Id", id));
    return request;
  }

  private void keepToken(HttpResponse<?> response, String used) {
    Optional<String> fresher = response.headers().firstValue("X-Auth-Token");
    if (fresher.isPresent() && used.equals(token)) {
      token = fresher.get();
      if (used.equals(asked)) {
        asked = fresher.get(); // it was asked by the same user
      }
      fresherToken.accept(fresher.get());
    }
  }

  private static Answer read(HttpResponse<byte[]> response, Function<JsonObject, Answer> read) {
    int status = response.statusCode();
    Answer strange = new Answer.Strange(status, retryAfter(response));
    try {
      if (status == 200) {
        return read.apply(SyncJson.object(JsonText.parse(response.body()), "the answer"));
      }
      if (status == 401) {
        return new Answer.Unauthorized(); // whoever wants it, only a token helps
      }
      JsonObject problem = problem(response.body());
      if (!(problem.get("code") instanceof JsonString code)) {
        return status == 413
            ? new Answer.Refused(
                status, "too_large", "it is too large", JsonObject.EMPTY, retryAfter(response))
            : strange;
      }
      return refused(status, code.value(), problem, retryAfter(response));
    } catch (JsonFormatException | IllegalArgumentException e) {
      return strange; // a portal, a proxy
    }
  }

  private static Answer refused(
      int status, String code, JsonObject problem, Optional<Duration> after) {
    String message =
        problem.get("error") instanceof JsonString text
            ? text.value()
            : "the server answered " + status;
    JsonValue details = problem.get("details");
    if (status == 409 && code.equals("clock_drift")) {
      JsonObject drift = SyncJson.object(details, "details");
      return new Answer.Drifted(
          SyncJson.number(drift, "serverTime"), SyncJson.number(drift, "maxDriftMs"));
    }
    if (status == 403 && problem.get("reason") instanceof JsonString reason) {
      if (reason.value().equals("not_a_member")) {
        return new Answer.NotAMember(message);
      }
    }
    boolean busy = status == 408 || (status == 429 && !code.equals("quota_exceeded"));
    if (status >= 400 && status < 500 && !busy) {
      return new Answer.Refused(
          status, code, message, details == null ? JsonObject.EMPTY : details, after);
    }
    return new Answer.Unknown(code, message, after);
  }

  private static JsonObject problem(byte[] body) {
    try {
      return JsonText.parse(body) instanceof JsonObject object ? object : JsonObject.EMPTY;
    } catch (JsonFormatException e) {
      return JsonObject.EMPTY;
    }
  }

  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    try {
      return response
          .headers()
          .firstValue("Retry-After")
          .map(Long::parseLong)
          .map(seconds -> Duration.ofSeconds(Math.max(0, Math.min(MAX_WAIT_SECONDS, seconds))));
    } catch (NumberFormatException aDate) {
      return Optional.empty();
    }
  }

  /**
   * Listens for hints.
   *
   * @param hint the collection and the clock up to which there is something to pull
   * @param line any sign of life
   * @return completes when the stream is over, whatever the reason; to be cancelled
   */
  public LiveStream listen(
      List<CollectionName> collections,
      BiConsumer<CollectionName, HybridTimestamp> hint,
      Runnable line) {
    String names =
        collections.stream()
            .map(name -> URLEncoder.encode(name.value(), StandardCharsets.UTF_8))
            .collect(Collectors.joining(","));
    HttpRequest request =
        request("live?collections=" + names, token)
            .timeout(SILENCE)
            .header("Accept", "text/event-stream")
            .build();
    LiveStream stream = new LiveStream(hint, line);
    CompletableFuture<@Nullable Void> over =
        http.sendAsync(request, stream.handler())
            .handle(
                (response, problem) -> {
                  stream.close();
                  return null;
                });
    stream.requested(over);
    return stream;
  }
}
