package dev.landfall.client.http;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The way to one application of one server, as one user. Safe for concurrent use. */
public final class ServerLink {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration WHOLE_ANSWER = Duration.ofSeconds(60);
  private static final String UNREACHABLE = "unreachable";
  private static final long MAX_WAIT_SECONDS = 600;

  private final HttpClient http;
  private final URI application;
  private final Optional<String> organisation;
  private final Consumer<String> fresherToken;
  private volatile String token;

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
    String base = server.toString();
    this.application =
        URI.create((base.endsWith("/") ? base : base + "/") + application.value() + "/");
    this.organisation = organisation;
    this.token = token;
    this.fresherToken = fresherToken;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(executor)
            .build();
  }

  /** Uses another token from now on. */
  public void token(String other) {
    token = other;
  }

  /**
   * Sends a request and waits for the answer, a minute at most.
   *
   * @throws InterruptedException if the thread is interrupted; then nobody knows what became of it
   */
  public Answer sync(CollectionName collection, Outgoing outgoing) throws InterruptedException {
    String used = token;
    HttpRequest request =
        request("sync", used)
            .timeout(WHOLE_ANSWER)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JsonText.print(Wire.of(collection, outgoing)), StandardCharsets.UTF_8))
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      HttpResponse<byte[]> response = answer.get(WHOLE_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      keepToken(response, used);
      return read(response);
    } catch (TimeoutException e) {
      return new Answer.Unknown(UNREACHABLE, "no answer in time", Optional.empty());
    } catch (ExecutionException e) {
      return new Answer.Unknown(UNREACHABLE, "the server cannot be reached", Optional.empty());
    } finally {
      answer.cancel(true);
    }
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
      fresherToken.accept(fresher.get());
    }
  }

  private static Answer read(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    try {
      if (status == 200) {
        return new Answer.Done(Wire.reply(JsonText.parse(response.body())));
      }
      if (status == 401) {
        return new Answer.Unauthorized();
      }
      JsonObject problem = problem(response.body());
      String code =
          problem.get("code") instanceof JsonString text ? text.value() : "status_" + status;
      String message =
          problem.get("error") instanceof JsonString text
              ? text.value()
              : "the server answered " + status;
      JsonValue details = problem.get("details");
      if (status == 409 && code.equals("clock_drift")) {
        JsonObject drift = Wire.object(details, "details");
        return new Answer.Drifted(
            Wire.number(drift, "serverTime"), Wire.number(drift, "maxDriftMs"));
      }
      boolean busy = status == 408 || (status == 429 && !code.equals("quota_exceeded"));
      if (status >= 400 && status < 500 && !busy) {
        return new Answer.Refused(
            status,
            code,
            message,
            details == null ? JsonObject.EMPTY : details,
            retryAfter(response));
      }
      return new Answer.Unknown(code, message, retryAfter(response));
    } catch (JsonFormatException | IllegalArgumentException e) {
      return new Answer.Unknown(
          UNREACHABLE,
          "what answered is no Landfall server",
          Optional.empty()); // a portal, a proxy
    }
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
            .timeout(WHOLE_ANSWER)
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
