package dev.landfall.benchmarks.load;

import dev.landfall.api.json.JsonWriter;
import dev.landfall.benchmarks.Note;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Live streams of many users, read by whoever calls. One thread is enough for all of them, so that
 * the machine is left to the server.
 */
public final class Hints implements AutoCloseable {
  /** The most users. */
  public static final int MAX_USERS = 1_000;

  private static final byte[] CHANGE = "event: change".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OPEN = ": open".getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress server;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
  private final List<User> users = new ArrayList<>();

  /** When each user has last written, by {@link System#nanoTime()}. */
  private final AtomicLongArray written = new AtomicLongArray(MAX_USERS);

  private final Latencies latencies = new Latencies();
  private int open;

  /** Streams of the server on this machine. */
  public Hints(int port) throws IOException {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.selector = Selector.open();
  }

  /** One stream, and how far a line that is looked for has been seen. */
  private static final class Stream {
    private final SocketChannel channel;
    private final int user;
    private final int[] seen = new int[2];

    Stream(SocketChannel channel, int user) {
      this.channel = channel;
      this.user = user;
    }

    boolean sees(int which, byte[] text, byte next) {
      seen[which] = next == text[seen[which]] ? seen[which] + 1 : next == text[0] ? 1 : 0;
      if (seen[which] < text.length) {
        return false;
      }
      seen[which] = 0;
      return true;
    }
  }

  /** Signs a user in, who has one document, and opens streams of hers. */
  public void add(Api api, String name, int streams) throws IOException, InterruptedException {
    User user = new User(api, name).create(1);
    byte[] request =
        ("GET /planner/live?collections=tasks&since="
                + user.serverClock()
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
                + "Authorization: Bearer "
                + user.token()
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < streams; i++) {
      SocketChannel channel = SocketChannel.open(server);
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new Stream(channel, users.size()));
    }
    users.add(user);
  }

  /** How many streams are open. */
  public int open() {
    return open;
  }

  /** How long it took from the moment a write was sent until each stream of the user heard. */
  public Latencies latencies() {
    return latencies;
  }

  /** Has a user edit her document; returns when that is answered. For another thread. */
  public void write(int number, long edit) throws IOException, InterruptedException {
    User user = users.get(number);
    JsonWriter body = user.beginning();
    Map<String, String> stamps = Map.of(Note.EDITED, user.now());
    User.change(body, Note.key(0), Note.of(0, edit), stamps, user.serverClock());
    byte[] push = body.raw("]}").toBytes().toArray();
    written.set(number, System.nanoTime());
    user.sync(push);
  }

  /** Forgets what has been heard so far. */
  public void beginAgain() {
    latencies.clear();
  }

  /** Reads what comes within some time. */
  public void read(long millis) throws IOException {
    long end = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      selector.select(left);
      Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
      while (ready.hasNext()) {
        SelectionKey key = ready.next();
        ready.remove();
        if (key.attachment() instanceof Stream stream) {
          read(stream);
        }
      }
    }
  }

  private void read(Stream stream) throws IOException {
    buffer.clear();
    if (stream.channel.read(buffer) < 0) {
      throw new EOFException("the server has ended a stream");
    }
    long now = System.nanoTime();
    buffer.flip();
    while (buffer.hasRemaining()) {
      byte next = buffer.get();
      if (stream.sees(0, CHANGE, next)) {
        latencies.add(now - written.get(stream.user));
      }
      if (stream.sees(1, OPEN, next)) {
        open++;
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
