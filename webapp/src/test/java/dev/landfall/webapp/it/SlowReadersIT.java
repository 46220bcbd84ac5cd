package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever asks for much and reads nothing of it harms himself alone. */
class SlowReadersIT {
  private static final int UNREAD = 250;
  private static final long UNREAD_ARE_GIVEN_UP = 30_000_000_000L;

  private final TestServer server = TestServer.shared("memory");
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void closeAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket open(String request) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4_096);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return socket;
  }

  private static String pull(Caller caller) {
    return "GET /lists/changes?collection=large&wait=0 HTTP/1.1\r\nHost: localhost\r\n"
        + "Authorization: Bearer "
        + caller.token()
        + "\r\n\r\n";
  }

  private static void fill(Caller caller) {
    for (int i = 0; i < 16; i++) {
      String document = "{'_key': 'x', 'text': '" + "z".repeat(900_000) + "'}";
      assertThat(
              caller
                  .post(
                      "/lists/sync",
                      ("{'collection': 'large', 'clientClock': '"
                              + ZERO
                              + "', 'changes': [{'key': 'k"
                              + i
                              + "', 'doc': "
                              + document
                              + ", 'fieldRevs': {}, 'baseClock': '"
                              + ZERO
                              + "'}]}")
                          .replace('\'', '"'))
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void othersAreServedWhileOneUserReadsNothing() throws Exception {
    Caller mallory = Caller.newUser(server);
    Caller bob = Caller.newUser(server);
    fill(mallory);
    for (int i = 0; i < UNREAD; i++) {
      open(pull(mallory));
    }

    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertThat(bob.pull(ZERO).status()).isEqualTo(200);
      assertThat(bob.get("/health/ready").status()).isEqualTo(200);
    }
    // without the limit all threads hold an answer that nobody reads, until it is given up
    assertThat(System.nanoTime() - start).isLessThan(UNREAD_ARE_GIVEN_UP);
  }

  @Test
  void nobodySpeaksHttp2WithoutTls() throws Exception {
    Socket prior = open("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    Socket upgrading =
        open(
            "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings,"
                + " close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

    assertThat(start(prior)).doesNotStartWith("\0\0");
    assertThat(start(upgrading)).startsWith("HTTP/1.1 200");
  }

  private static String start(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(12), StandardCharsets.ISO_8859_1);
  }
}
