package dev.landfall.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the current value and then later ones; whoever is slow misses those in between and
 * never the last.
 *
 * @param <V> what is published
 */
final class ConflatingPublisher<V> implements Flow.Publisher<V> {
  private final Supplier<V> current;
  private final Executor executor;
  private final Runnable idle;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * A publisher.
   *
   * @param executor on which subscribers are called, one call after the other
   */
  ConflatingPublisher(Supplier<V> current, Executor executor) {
    this(current, executor, () -> {});
  }

  /**
   * A publisher.
   *
   * @param executor on which subscribers are called, one call after the other
   * @param idle is called when the last subscriber has gone
   */
  ConflatingPublisher(Supplier<V> current, Executor executor, Runnable idle) {
    this.current = current;
    this.executor = executor;
    this.idle = idle;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super V> subscriber) {
    Line line = new Line(subscriber);
    lines.add(line);
    executor.execute(() -> subscriber.onSubscribe(line));
    if (closed) {
      line.end();
    }
  }

  /** Whether anybody listens. */
  boolean hasSubscribers() {
    return !lines.isEmpty();
  }

  /** There is another value. */
  void changed() {
    lines.forEach(Line::offer);
  }

  void close() {
    closed = true;
    lines.forEach(Line::end);
  }

  private final class Line implements Flow.Subscription {
    private final Flow.Subscriber<? super V> subscriber;
    private long demand;
    private boolean over;
    private boolean news = true;
    private @Nullable V delivered;

    Line(Flow.Subscriber<? super V> subscriber) {
      this.subscriber = subscriber;
    }

    synchronized void offer() {
      news = true;
      send();
    }

    private synchronized void send() {
      if (demand > 0 && news && !over) {
        executor.execute(this::deliver);
      }
    }

    private void deliver() {
      V value;
      synchronized (this) {
        if (demand <= 0 || !news || over) {
          return;
        }
        news = false;
        value = current.get();
        if (value.equals(delivered)) {
          return;
        }
        delivered = value;
        demand--;
      }
      subscriber.onNext(value);
    }

    void end() {
      executor.execute(
          () -> {
            synchronized (this) {
              if (over) {
                return;
              }
              over = true;
            }
            lines.remove(this);
            subscriber.onComplete();
          });
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        executor.execute(
            () -> subscriber.onError(new IllegalArgumentException("request at least one value")));
        cancel();
        return;
      }
      synchronized (this) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        send();
      }
    }

    @Override
    public void cancel() {
      synchronized (this) {
        over = true;
      }
      if (lines.remove(this) && lines.isEmpty()) {
        idle.run();
      }
    }
  }
}
