package dev.landfall.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.cursor.TimeoutMode;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.CommitListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * The change stream of the log, where the server has one; whether it has is found out by asking for
 * it. Any failure ends the stream, and it is asked for again, more and more seldom. No content is
 * sent, only the names of entries.
 */
final class CommitStream {
  /** Requests are at least so far apart, for servers that do not wait and for busy logs. */
  static final Duration PAUSE = Duration.ofMillis(50);

  private static final Logger LOG = Logger.getLogger(CommitStream.class.getName());

  /** How long the server waits for a change, if it can; also how long {@link #close} may take. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  /** After which a server that does not answer is taken for gone; far more than {@link #WAIT}. */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final Duration CLOSE = Duration.ofSeconds(3);
  private static final Duration MOST_SELDOM = Duration.ofMinutes(1);

  private final MongoCollection<Document> log;
  private final Duration again;

  /** Guarded by this, like the next. */
  private boolean closed;

  private int followers;

  /** What was logged last, so that it is not repeated. */
  private String said = "";

  /**
   * Over {@code log}, not open yet.
   *
   * @param again after which time a stream that has failed is asked for again the first time
   */
  CommitStream(MongoCollection<Document> log, Duration again) {
    this.log = log.withTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    this.again = again;
  }

  /** Tells {@code listener} until this is closed or the thread interrupted. */
  void follow(String epoch, CommitListener listener) {
    if (!enter()) {
      return;
    }
    try {
      Duration next = again;
      while (!isClosed()) {
        long start = System.nanoTime();
        String failure = listen(epoch, listener);
        if (isClosed()) {
          return;
        }
        say("there is no change stream (" + failure + "), so the end of the log is asked for");
        if (System.nanoTime() - start > MOST_SELDOM.toNanos()) {
          next = again;
        }
        pause(System.nanoTime(), next);
        next = next.multipliedBy(2).compareTo(MOST_SELDOM) < 0 ? next.multipliedBy(2) : MOST_SELDOM;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave();
    }
  }

  /** Listens as long as it goes well; returns what went wrong, without the server's words. */
  private String listen(String epoch, CommitListener listener) throws InterruptedException {
    boolean begun = false;
    try (MongoCursor<Document> events = open(epoch)) {
      begun = true;
      listener.begun();
      say("a change stream tells of them");
      while (!isClosed()) {
        long asked = System.nanoTime();
        for (Document event = events.tryNext(); event != null; event = next(events)) {
          tell(event, listener);
        }
        pause(asked, PAUSE);
      }
      return "closed";
    } catch (MongoException e) {
      return Requests.kind(e);
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName(); // servers differ, and none may harm more than hints
    } finally {
      if (begun) {
        listener.ended();
      }
    }
  }

  /** Not by the driver's way for change streams, whose own attempts to go on have no pause. */
  private MongoCursor<Document> open(String epoch) {
    List<Bson> others =
        List.of(
            new Document("$changeStream", new Document()),
            Aggregates.match(
                Filters.and(
                    Filters.eq("operationType", "insert"),
                    Filters.ne("fullDocument.epoch", epoch))),
            Aggregates.project(Projections.include("documentKey")));
    return log.aggregate(others)
        .timeoutMode(TimeoutMode.ITERATION)
        .maxAwaitTime(WAIT.toMillis(), TimeUnit.MILLISECONDS)
        .cursor();
  }

  private static @Nullable Document next(MongoCursor<Document> events) {
    return events.available() > 0 ? events.tryNext() : null;
  }

  private static void tell(Document event, CommitListener listener) {
    Document entry = event.get("documentKey", Document.class).get("_id", Document.class);
    listener.committed(
        new ApplicationName(entry.getString("application")),
        entry.get("number", Number.class).longValue());
  }

  private void say(String how) {
    if (!how.equals(said)) {
      said = how;
      LOG.info(() -> "Commits of other nodes: " + how);
    }
  }

  /** Ends whoever follows, and waits for it, for a limited time. */
  synchronized void close() {
    closed = true;
    notifyAll();
    long end = System.nanoTime() + CLOSE.toNanos();
    try {
      while (followers > 0 && end - System.nanoTime() > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean enter() {
    if (!closed) {
      followers++;
    }
    return !closed;
  }

  private synchronized void leave() {
    followers--;
    notifyAll();
  }

  /** Until {@code time} after {@code since}, or until this is closed. */
  private synchronized void pause(long since, Duration time) throws InterruptedException {
    long end = since + time.toNanos();
    while (!closed && end - System.nanoTime() > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
    }
  }
}
