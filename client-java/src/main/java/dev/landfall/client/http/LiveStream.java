package dev.landfall.client.http;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonText;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events that say that a pull would bring something (WHATWG HTML, section
 * 9.2). It ends when the server or the network ends it, or by {@link #close()}.
 */
public final class LiveStream implements AutoCloseable {
  private static final int MAX_DATA = 64 * 1024;

  private final BiConsumer<CollectionName, HybridTimestamp> hint;
  private final Runnable line;
  private final CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile @Nullable Future<?> request;

  LiveStream(BiConsumer<CollectionName, HybridTimestamp> hint, Runnable line) {
    this.hint = hint;
    this.line = line;
  }

  void requested(Future<?> future) {
    request = future;
  }

  /** Completes when the server has accepted; never if it does not. */
  public CompletableFuture<@Nullable Void> opened() {
    return opened;
  }

  /** Completes when it is over. */
  public CompletableFuture<@Nullable Void> over() {
    return over;
  }

  @Override
  public void close() {
    Flow.Subscription stream = subscription;
    if (stream != null) {
      stream.cancel();
    }
    Future<?> waiting = request;
    if (waiting != null) {
      waiting.cancel(true);
    }
    over.complete(null);
  }

  HttpResponse.BodyHandler<@Nullable Void> handler() {
    return response -> {
      if (response.statusCode() != 200) {
        return BodySubscribers.replacing(null);
      }
      return BodySubscribers.fromLineSubscriber(new Lines());
    };
  }

  private final class Lines implements Flow.Subscriber<String> {
    private final StringBuilder data = new StringBuilder();

    @Override
    public void onSubscribe(Flow.Subscription stream) {
      subscription = stream;
      if (over.isDone()) {
        stream.cancel();
        return;
      }
      stream.request(Long.MAX_VALUE);
      opened.complete(null);
    }

    @Override
    public void onNext(String text) {
      line.run();
      if (text.isEmpty()) {
        event(data.toString());
        data.setLength(0);
      } else if (text.startsWith("data:") && data.length() + text.length() < MAX_DATA) {
        data.append(text, "data:".length(), text.length()).append('\n');
      }
    }

    private void event(String text) {
      if (text.isEmpty()) {
        return;
      }
      try {
        var json = SyncJson.object(JsonText.parse(text), "data");
        hint.accept(
            new CollectionName(SyncJson.text(json, "collection")),
            SyncJson.clock(json, "serverClock"));
      } catch (JsonFormatException | IllegalArgumentException e) {
        return; // an event of a later version; the interval brings what it hints at
      }
    }

    @Override
    public void onError(Throwable problem) {
      over.complete(null);
    }

    @Override
    public void onComplete() {
      over.complete(null);
    }
  }
}
