package dev.landfall.store.mongo;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicLong;

/** A server that fails where a test wants it to. */
final class FaultyServer extends QuickServer {
  private final AtomicLong requests = new AtomicLong();
  private volatile Faults faults = (number, request) -> Fault.NONE;

  /** What happens to a request. */
  enum Fault {
    NONE,
    /** The connection is cut; nothing is done. */
    CUT_BEFORE,
    /** It is done, and then the connection is cut. */
    CUT_AFTER,
    WRITE_CONFLICT,
    /** Done, and answered as if it had been given up. */
    INTERRUPTED_AFTER,
    /** Done, and answered as if the primary stepped down meanwhile. */
    STEPPED_DOWN_AFTER,
    NOT_PRIMARY,
    /** Takes longer than anybody waits. */
    SLOW
  }

  /** Decides. */
  interface Faults {
    /**
     * What happens to a request on a collection.
     *
     * @param number counts them, from 1
     * @param request command and collection, {@code insert log} for one
     */
    Fault strike(long number, String request);
  }

  void faults(Faults next) {
    requests.set(0);
    faults = next;
  }

  long requests() {
    return requests.get();
  }

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    Object named = query.get(command.equals("getMore") ? "collection" : command);
    if (!(named instanceof String collection)) {
      return super.handleCommand(channel, database, command, query);
    }
    switch (faults.strike(requests.incrementAndGet(), command + " " + collection)) {
      case CUT_BEFORE -> {
        var unused = channel.close();
        throw new MongoServerError(11600, "Interrupted", "cut");
      }
      case CUT_AFTER -> {
        super.handleCommand(channel, database, command, query);
        var unused = channel.close();
        throw new MongoServerError(11600, "Interrupted", "cut");
      }
      case WRITE_CONFLICT -> throw new MongoServerError(112, "WriteConflict", "conflict");
      case INTERRUPTED_AFTER -> {
        super.handleCommand(channel, database, command, query);
        throw new MongoServerError(11601, "Interrupted", "interrupted");
      }
      case STEPPED_DOWN_AFTER -> {
        super.handleCommand(channel, database, command, query);
        throw new MongoServerError(189, "PrimarySteppedDown", "stepped down");
      }
      case NOT_PRIMARY -> throw new MongoServerError(10107, "NotWritablePrimary", "no primary");
      case SLOW -> sleep();
      case NONE -> {}
    }
    return super.handleCommand(channel, database, command, query);
  }

  private static void sleep() {
    try {
      Thread.sleep(3_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
