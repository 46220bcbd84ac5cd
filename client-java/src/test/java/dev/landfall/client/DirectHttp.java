package dev.landfall.client;

import com.sun.net.httpserver.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/** HTTP without a network: the answer is there when {@code sendAsync} returns. */
final class DirectHttp extends HttpClient {
  /** What answers. */
  interface Way {
    /** Empty if no answer comes. */
    Optional<EngineServer.Response> send(String path, Headers headers, byte[] body)
        throws IOException;
  }

  private final Way way;

  DirectHttp(Way way) {
    this.way = way;
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    Headers headers = new Headers();
    request.headers().map().forEach((name, values) -> headers.put(name, List.copyOf(values)));
    Optional<EngineServer.Response> answer;
    try {
      answer = way.send(request.uri().getPath(), headers, body(request));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (answer.isEmpty()) {
      return CompletableFuture.failedFuture(new IOException("no answer"));
    }
    Map<String, List<String>> sent = new TreeMap<>();
    answer.get().headers().forEach((name, value) -> sent.put(name, List.of(value)));
    HttpHeaders head = HttpHeaders.of(sent, (name, value) -> true);
    int status = answer.get().status();
    BodySubscriber<T> subscriber =
        handler.apply(
            new HttpResponse.ResponseInfo() {
              @Override
              public int statusCode() {
                return status;
              }

              @Override
              public HttpHeaders headers() {
                return head;
              }

              @Override
              public Version version() {
                return Version.HTTP_1_1;
              }
            });
    subscriber.onSubscribe(new Unlimited());
    byte[] bytes = answer.get().text().getBytes(StandardCharsets.UTF_8);
    subscriber.onNext(List.of(ByteBuffer.wrap(bytes)));
    subscriber.onComplete();
    return subscriber
        .getBody()
        .<HttpResponse<T>>thenApply(body -> new Received<>(request, status, head, body))
        .toCompletableFuture();
  }

  private static byte[] body(HttpRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    request
        .bodyPublisher()
        .ifPresent(
            publisher ->
                publisher.subscribe(
                    new Flow.Subscriber<>() {
                      @Override
                      public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                      }

                      @Override
                      public void onNext(ByteBuffer piece) {
                        byte[] part = new byte[piece.remaining()];
                        piece.get(part);
                        bytes.writeBytes(part);
                      }

                      @Override
                      public void onError(Throwable problem) {
                        throw new AssertionError(problem);
                      }

                      @Override
                      public void onComplete() {}
                    }));
    return bytes.toByteArray();
  }

  private static final class Unlimited implements Flow.Subscription {
    @Override
    public void request(long many) {}

    @Override
    public void cancel() {}
  }

  private record Received<T>(HttpRequest request, int statusCode, HttpHeaders headers, T body)
      implements HttpResponse<T> {
    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return sendAsync(request, handler).join();
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushed) {
    return sendAsync(request, handler);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.empty();
  }

  @Override
  public Redirect followRedirects() {
    return Redirect.NEVER;
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.empty();
  }

  @Override
  public SSLContext sslContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public SSLParameters sslParameters() {
    return new SSLParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.empty();
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.empty();
  }
}
