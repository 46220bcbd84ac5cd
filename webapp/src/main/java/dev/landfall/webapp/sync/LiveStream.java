package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.News;
import dev.landfall.webapp.session.SessionException;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One open stream of hints. What changes in quick succession is one event; a comment line keeps
 * proxies from closing it, and its end follows the end of the right to it within seconds.
 */
final class LiveStream implements FeedSubscriptions.Wake {
  private static final Logger LOG = Logger.getLogger(LiveStream.class.getName());
  private static final long GATHER_MILLIS = 100;
  private static final long LOOK_SECONDS = 3;
  private static final int LOOKS_PER_COMMENT = 5;

  private final SyncEngine engine;
  private final FeedSubscriptions waiters;
  private final ScheduledExecutorService executor;
  private final Runnable right;
  private final ApplicationName application;
  private final UserId caller;
  private final Owner owner;
  private final SseEventSink sink;
  private final Sse sse;

  /** Up to where each collection has been told of. Written by one event at a time. */
  private final Map<CollectionName, HybridTimestamp> told = new LinkedHashMap<>();

  private final Set<CollectionName> changed = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile FeedSubscriptions.@Nullable Waiter waiter;
  private volatile @Nullable Future<?> looking;
  private volatile @Nullable Future<?> telling;
  private int looks;

  /**
   * A stream that is not open yet.
   *
   * @param right fails with a {@link SyncException} once the caller may no longer listen
   */
  LiveStream(
      SyncEngine engine,
      FeedSubscriptions waiters,
      ScheduledExecutorService executor,
      Runnable right,
      ApplicationName application,
      UserId caller,
      Owner owner,
      SseEventSink sink,
      Sse sse) {
    this.engine = engine;
    this.waiters = waiters;
    this.executor = executor;
    this.right = right;
    this.application = application;
    this.caller = caller;
    this.owner = owner;
    this.sink = sink;
    this.sse = sse;
  }

  /**
   * Begins to listen, then tells what is new since {@code since}.
   *
   * @throws SyncException if the caller listens too often already
   */
  void open(Set<CollectionName> collections, HybridTimestamp since) {
    Set<Feed> feeds = new LinkedHashSet<>();
    for (CollectionName collection : collections) {
      told.put(collection, since);
      feeds.addAll(engine.feeds(application, caller, owner, collection));
    }
    waiter = waiters.subscribe(application, feeds, caller, this);
    sink.send(sse.newEventBuilder().comment("open").build());
    looking =
        executor.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    changed.addAll(collections);
    schedule(0);
  }

  @Override
  public void news(Feed feed, long afterMillis) {
    changed.add(feed.collection());
    schedule(GATHER_MILLIS + afterMillis);
  }

  @Override
  public void perhaps(long afterMillis) {
    changed.addAll(told.keySet());
    schedule(GATHER_MILLIS + afterMillis);
  }

  @Override
  public void stop() {
    end();
  }

  private void schedule(long millis) {
    if (!over.get() && scheduled.compareAndSet(false, true)) {
      try {
        telling = executor.schedule(this::tell, millis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        end(); // the server stops
      }
    }
  }

  private void tell() {
    scheduled.set(false);
    try {
      synchronized (told) {
        Set<CollectionName> likely = Set.copyOf(changed);
        changed.removeAll(likely);
        News news = engine.news(application, caller, owner, told, likely);
        if (!news.changed().isEmpty()) {
          right.run();
        }
        Iterator<Map.Entry<CollectionName, HybridTimestamp>> events =
            news.changed().entrySet().iterator();
        while (events.hasNext() && !over.get()) {
          Map.Entry<CollectionName, HybridTimestamp> event = events.next();
          send(event.getKey(), event.getValue(), !events.hasNext());
        }
        told.replaceAll((collection, before) -> news.until());
      }
    } catch (SyncException e) {
      end(e.problem());
    } catch (SessionException e) {
      end(SyncProblem.UNAUTHORIZED);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a live stream has failed", e);
      end();
    }
  }

  /**
   * Sends an event.
   *
   * @param last whether everything up to {@code clock} has been told with it, in all collections:
   *     only then may whoever resumes go on behind it
   */
  private void send(CollectionName collection, HybridTimestamp clock, boolean last) {
    JsonObject data =
        JsonObject.builder()
            .put("collection", collection.value())
            .put("serverClock", clock.toString())
            .build();
    OutboundSseEvent.Builder event =
        sse.newEventBuilder().name("change").data(String.class, data.toString());
    if (last) {
      event.id(clock.toString());
    }
    sink.send(event.build())
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                end();
              }
            });
  }

  /** Looks whether the right is still there, and now and then whether the client is. */
  private void look() {
    try {
      if (sink.isClosed()) {
        end();
        return;
      }
      right.run();
      looks++;
      if (looks % LOOKS_PER_COMMENT == 0) {
        sink.send(sse.newEventBuilder().comment("").build())
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    end();
                  }
                });
      }
    } catch (SyncException e) {
      end(e.problem());
    } catch (SessionException e) {
      end(SyncProblem.UNAUTHORIZED);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a live stream has failed", e);
      end();
    }
  }

  /** Says why nothing more comes; the next request is answered the same. */
  private void end(Problem problem) {
    if (over.get() || sink.isClosed()) {
      end();
      return;
    }
    JsonObject.Builder data = JsonObject.builder().put("code", problem.code());
    problem.reason().ifPresent(reason -> data.put("reason", reason));
    sink.send(sse.newEventBuilder().name("end").data(String.class, data.build().toString()).build())
        .whenComplete((done, failure) -> end());
  }

  private static void cancel(@Nullable Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }

  private void end() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    FeedSubscriptions.Waiter place = waiter;
    if (place != null) {
      place.leave();
    }
    cancel(looking);
    cancel(telling);
    try {
      sink.close();
    } catch (IOException e) {
      LOG.log(Level.FINE, "the client of a live stream was gone", e);
    }
  }
}
