package dev.landfall.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A connection that is kept alive: one request, one answer, and so on. Understands as much of HTTP
 * as the server under test speaks: a status of 200, and a length or chunks. For one thread.
 */
final class Connection implements AutoCloseable {
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
  private static final int FIRST_CAPACITY = 64 * 1024;
  private static final int MAX_CAPACITY = 64 * 1024 * 1024;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Client client;

  private ByteBuffer request = ByteBuffer.allocate(0);
  private long started;

  /** All of the answer that has arrived; taken apart in place. */
  private byte[] answer = new byte[FIRST_CAPACITY];

  private int arrived;
  private int bodyStart;
  private int bodyLength;

  /** Where the next chunk's size stands, or will; -1 if the answer is not in chunks. */
  private int nextChunk;

  Connection(InetSocketAddress server, Selector selector, Client client) throws IOException {
    this.client = client;
    this.channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
      channel.configureBlocking(false);
      this.key = channel.register(selector, SelectionKey.OP_READ, this);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  void send() throws IOException {
    request = client.next();
    started = System.nanoTime();
    arrived = 0;
    bodyStart = -1;
    bodyLength = 0;
    write();
  }

  private void write() throws IOException {
    channel.write(request);
    key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  /**
   * Goes on with what the selector found possible.
   *
   * @return the nanoseconds from sending to the end of the answer, -1 if it has not ended yet
   */
  long proceed() throws IOException {
    if (key.isWritable()) {
      write();
      return -1;
    }
    if (!readMore() || !isComplete()) {
      return -1;
    }
    long nanos = System.nanoTime() - started;
    client.answered(bodyStart == 0 ? answer : moved(), bodyLength);
    return nanos;
  }

  private boolean readMore() throws IOException {
    if (arrived == answer.length) {
      if (answer.length >= MAX_CAPACITY) {
        throw new IOException("an answer of more than " + MAX_CAPACITY + " bytes");
      }
      answer = Arrays.copyOf(answer, answer.length * 2);
    }
    int read = channel.read(ByteBuffer.wrap(answer, arrived, answer.length - arrived));
    if (read < 0) {
      throw new EOFException("the server has closed the connection");
    }
    arrived += read;
    return read > 0;
  }

  private byte[] moved() {
    System.arraycopy(answer, bodyStart, answer, 0, bodyLength);
    return answer;
  }

  private boolean isComplete() throws IOException {
    if (bodyStart < 0 && !readHead()) {
      return false;
    }
    if (nextChunk < 0) {
      return arrived >= bodyStart + bodyLength;
    }
    return joinChunks();
  }

  private boolean readHead() throws IOException {
    int end = indexOfEndOfHead();
    if (end < 0) {
      return false;
    }
    String head = new String(answer, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    if (!head.startsWith("http/1.1 200") && !head.startsWith("http/1.1 204")) {
      String rest = new String(answer, 0, arrived, StandardCharsets.UTF_8);
      throw new IOException("not the answer that was expected: " + rest);
    }
    bodyStart = end + END_OF_HEAD.length;
    if (head.contains("\r\ntransfer-encoding: chunked")) {
      nextChunk = bodyStart;
      bodyLength = 0;
    } else {
      nextChunk = -1;
      bodyLength = length(head);
    }
    return true;
  }

  private static int length(String head) throws IOException {
    String name = "\r\ncontent-length:";
    int at = head.indexOf(name);
    if (at < 0) {
      throw new IOException("an answer without a length: " + head);
    }
    int end = head.indexOf('\r', at + name.length());
    return Integer.parseInt(
        head.substring(at + name.length(), end < 0 ? head.length() : end).strip());
  }

  private int indexOfEndOfHead() {
    for (int at = 0; at + END_OF_HEAD.length <= arrived; at++) {
      if (Arrays.equals(answer, at, at + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
        return at;
      }
    }
    return -1;
  }

  /** Moves the chunks that have arrived behind one another; whether the last one has. */
  private boolean joinChunks() throws IOException {
    while (true) {
      int line = nextChunk;
      while (line < arrived && answer[line] != '\n') {
        line++;
      }
      if (line == arrived) {
        return false;
      }
      String text = new String(answer, nextChunk, line - nextChunk, StandardCharsets.ISO_8859_1);
      int size = Integer.parseInt(text.strip(), 16);
      int from = line + 1;
      if (from + size + 2 > arrived) {
        return false;
      }
      if (size == 0) {
        return true;
      }
      System.arraycopy(answer, from, answer, bodyStart + bodyLength, size);
      bodyLength += size;
      nextChunk = from + size + 2;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
