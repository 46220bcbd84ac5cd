package dev.landfall.client.http;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long nothing has moved in an exchange, in either direction. A slow link may take as long as
 * it needs; only one that stands still is given up.
 */
final class Silence {
  private static final int CHUNK = 16 * 1024;

  private final long limitNanos;
  private volatile long lastSign = System.nanoTime();

  Silence(Duration limit) {
    this.limitNanos = limit.toNanos();
  }

  private void broken() {
    lastSign = System.nanoTime();
  }

  /** A body that is sent in small pieces, each of which is a sign of life. */
  HttpRequest.BodyPublisher body(byte[] bytes) {
    HttpRequest.BodyPublisher whole = HttpRequest.BodyPublishers.ofByteArrays(() -> pieces(bytes));
    return new HttpRequest.BodyPublisher() {
      @Override
      public long contentLength() {
        return bytes.length;
      }

      @Override
      public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        whole.subscribe(subscriber);
      }
    };
  }

  private java.util.Iterator<byte[]> pieces(byte[] bytes) {
    return new java.util.Iterator<>() {
      private int from;

      @Override
      public boolean hasNext() {
        return from < bytes.length;
      }

      @Override
      public byte[] next() {
        if (!hasNext()) {
          throw new java.util.NoSuchElementException();
        }
        broken();
        int until = Math.min(bytes.length, from + CHUNK);
        byte[] piece = java.util.Arrays.copyOfRange(bytes, from, until);
        from = until;
        return piece;
      }
    };
  }

  /** The whole answer, each piece of which is a sign of life. */
  HttpResponse.BodyHandler<byte[]> answer() {
    return head -> {
      broken();
      return new Heard(BodySubscribers.ofByteArray());
    };
  }

  /**
   * Waits for {@code answer} as long as there are signs of life.
   *
   * @throws TimeoutException if there have been none for too long
   */
  <T> T await(CompletableFuture<T> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      long left = limitNanos - (System.nanoTime() - lastSign);
      if (left <= 0) {
        throw new TimeoutException("nothing has moved for too long");
      }
      try {
        return answer.get(left, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (System.nanoTime() - lastSign >= limitNanos) {
          throw e;
        }
      }
    }
  }

  private final class Heard implements HttpResponse.BodySubscriber<byte[]> {
    private final HttpResponse.BodySubscriber<byte[]> whole;

    Heard(HttpResponse.BodySubscriber<byte[]> whole) {
      this.whole = whole;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      whole.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
      broken();
      whole.onNext(pieces);
    }

    @Override
    public void onError(Throwable problem) {
      whole.onError(problem);
    }

    @Override
    public void onComplete() {
      whole.onComplete();
    }
  }
}
