package dev.landfall.webapp.http;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Writes what the request is called before each of our messages in the log. A handler of our own
 * root logger, which sees each message before the server's handlers do.
 */
public final class RequestIdInLog extends Handler {
  /** Kept here: the logging would forget a logger that nobody holds. */
  private static final Logger OURS = Logger.getLogger("dev.landfall");

  private RequestIdInLog() {}

  /** Begins, once for the life of the application; what it returns ends it. */
  public static Runnable install() {
    RequestIdInLog handler = new RequestIdInLog();
    OURS.addHandler(handler);
    return () -> OURS.removeHandler(handler);
  }

  @Override
  public void publish(LogRecord message) {
    RequestId.current().ifPresent(id -> message.setMessage("[" + id + "] " + message.getMessage()));
  }

  @Override
  public void flush() {
    // nothing is kept
  }

  @Override
  public void close() {
    // nothing is held
  }
}
