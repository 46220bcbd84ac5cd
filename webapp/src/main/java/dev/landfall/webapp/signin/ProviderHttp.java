package dev.landfall.webapp.signin;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.http.LimitedBody;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * How we talk to providers: bounded in time and size, without following redirects, and without
 * repeating what they say when something goes wrong. Safe for concurrent use.
 */
final class ProviderHttp {
  /** In which a whole answer has to be there. */
  static final Duration TIME = Duration.ofSeconds(10);

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 512 * 1024;
  private static final int OK = 200;

  private final HttpClient client;
  private final Duration limit;

  /**
   * A client.
   *
   * @param limit in which a whole answer has to be there
   */
  ProviderHttp(Duration limit) {
    this.limit = limit;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** An answer; its body is empty if it is not JSON and the status is not 200. */
  record Reply(int status, JsonValue body) {
    boolean isOk() {
      return status == OK;
    }

    /** The body, if it is an object. */
    JsonObject object() {
      return body instanceof JsonObject object ? object : JsonObject.EMPTY;
    }
  }

  /**
   * Asks for JSON.
   *
   * @throws SignInException if there is no answer, or not in time
   */
  Reply get(URI uri, Map<String, String> headers) {
    return reply(uri, send(request(uri, headers).GET().build()));
  }

  /**
   * Sends a form.
   *
   * @throws SignInException if there is no answer, or not in time
   */
  Reply post(URI uri, Map<String, String> form, Map<String, String> headers) {
    HttpRequest.Builder request =
        request(uri, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encode(form)));
    return reply(uri, send(request.build()));
  }

  /** The text at an address, for who reads it himself. */
  String text(URI uri) throws IOException {
    try {
      HttpResponse<byte[]> response = send(request(uri, Map.of()).GET().build());
      if (response.statusCode() == OK) {
        return new String(response.body(), StandardCharsets.UTF_8);
      }
      throw new IOException(where(uri) + " answered with status " + response.statusCode());
    } catch (SignInException e) {
      throw new IOException(e.getMessage());
    }
  }

  /** Parameters as a query or a form. */
  static String encode(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** A text in a query or a form. */
  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(URI uri, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Accept", "application/json")
            .header("User-Agent", "landfall");
    headers.forEach(request::setHeader);
    return request;
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, info -> new LimitedBody(MAX_BYTES));
    try {
      // the one limit there is: a client's own would end with the headers
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw failed(
          request.uri(),
          "cannot be reached ("
              + (cause == null ? "no cause" : cause.getClass().getSimpleName())
              + ")");
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw failed(request.uri(), "did not answer in time");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw failed(request.uri(), "was not waited for");
    }
  }

  private static Reply reply(URI uri, HttpResponse<byte[]> response) {
    try {
      return new Reply(response.statusCode(), JsonText.parse(response.body()));
    } catch (JsonFormatException e) {
      if (response.statusCode() == OK) {
        throw failed(uri, "answered with something else than JSON");
      }
      return new Reply(response.statusCode(), JsonObject.EMPTY);
    }
  }

  /** That somebody did something, told without queries. */
  static SignInException failed(URI uri, String what) {
    return new SignInException(SignInProblem.PROVIDER_FAILED, where(uri) + " " + what);
  }

  private static String where(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
