package dev.landfall.webapp;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Notices that the Open Liberty we run on has been told to stop by {@code server stop}. Unlike a
 * signal that runs no shutdown hook before Liberty has waited, up to half a minute, for open
 * connections to end; what applications could be told by is not for them. So this asks the OSGi
 * framework below, which is on its way down by then. Where that cannot be asked, nothing is
 * noticed.
 */
final class ServerStop {
  private static final Logger LOG = Logger.getLogger(ServerStop.class.getName());
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Thread watch;
  private volatile boolean over;

  /**
   * Looks from now on.
   *
   * @param ofServer an object of a class that the server brings
   * @param then is run once, on a thread of its own
   */
  ServerStop(Object ofServer, Runnable then) {
    this.watch = new Thread(() -> look(ofServer, then), "landfall-server-stop");
    watch.setDaemon(true);
    watch.start();
  }

  /** Looks no longer. */
  void forget() {
    over = true;
    LockSupport.unpark(watch);
  }

  private void look(Object ofServer, Runnable then) {
    try {
      OpenLiberty server = new OpenLiberty(ofServer);
      while (!over) {
        if (server.isStopping()) {
          then.run();
          return;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.FINE, "that the server stops is not noticed in advance", e);
    }
  }
}
