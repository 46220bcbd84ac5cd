package dev.landfall.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Sends requests over some connections at once, the next as soon as the one before is answered, for
 * a bounded time and to this machine alone. One thread serves all connections, which costs the
 * machine less than one thread each.
 */
public final class Load {
  /** The most connections. */
  public static final int MAX_CONNECTIONS = 256;

  /** The longest time. */
  public static final Duration MAX_TIME = Duration.ofMinutes(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final InetSocketAddress server;

  /** Load on a server on this machine. */
  public Load(int port) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /**
   * Lets each of {@code clients} send over a connection of its own.
   *
   * @throws IOException if an answer is not a success, or none comes
   */
  public Latencies run(List<? extends Client> clients, Duration time) throws IOException {
    if (clients.size() > MAX_CONNECTIONS || time.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException("more load than is allowed");
    }
    List<Connection> connections = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (Client client : clients) {
        connections.add(new Connection(server, selector, client));
      }
      return run(selector, connections, time);
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  private static Latencies run(Selector selector, List<Connection> connections, Duration time)
      throws IOException {
    Latencies latencies = new Latencies();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    for (Connection connection : connections) {
      connection.send();
    }
    int open = connections.size();
    while (open > 0) {
      if (selector.select(PATIENCE.toMillis()) == 0) {
        throw new IOException("no answer within " + PATIENCE);
      }
      Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
      while (ready.hasNext()) {
        SelectionKey key = ready.next();
        ready.remove();
        if (key.attachment() instanceof Connection connection) {
          long nanos = connection.proceed();
          if (nanos >= 0) {
            latencies.add(nanos);
            if (System.nanoTime() < end) {
              connection.send();
            } else {
              open--;
            }
          }
        }
      }
    }
    latencies.end(System.nanoTime() - start);
    return latencies;
  }
}
