package dev.landfall.webapp.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * An answer as it comes over the connection, taken piece by piece: only a little of what is long is
 * on the way, and the server has to wait with the rest.
 */
final class RawAnswer implements AutoCloseable {
  private static final int ON_THE_WAY = 64 * 1024;
  private static final int PATIENCE_MILLIS = 120_000;
  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

  private final Socket socket = new Socket();
  private String end = "";

  /** Asks for {@code path}. */
  RawAnswer(Caller caller, String path, String... headers) throws IOException {
    socket.setReceiveBufferSize(ON_THE_WAY);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("127.0.0.1", caller.server().port()));
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    request.append("Authorization: Bearer ").append(caller.token()).append("\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    byte[] bytes = request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    socket.getOutputStream().write(bytes);
  }

  /** The next so many bytes of it. */
  String next(int count) throws IOException {
    String text =
        new String(socket.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1);
    end = text;
    return text;
  }

  /** Whether the rest ends as a whole answer in chunks does; otherwise it has been broken off. */
  boolean endsWhole() throws IOException {
    InputStream in = socket.getInputStream();
    byte[] piece = new byte[64 * 1024];
    try {
      while (!end.endsWith(LAST_CHUNK)) {
        int n = in.read(piece);
        if (n < 0) {
          return false;
        }
        String all = end + new String(piece, 0, n, StandardCharsets.ISO_8859_1);
        end = all.substring(Math.max(0, all.length() - 100));
      }
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
