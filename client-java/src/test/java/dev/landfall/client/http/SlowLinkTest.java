package dev.landfall.client.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A slow answer is waited for as long as it moves, and no longer. */
class SlowLinkTest {
  private static final byte[] BODY =
      "{\"userId\":\"alice\",\"instance\":\"one\"}".getBytes(StandardCharsets.UTF_8);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServerLink link(ServerSocket server, Duration silence) {
    return new ServerLink(
        URI.create("http://127.0.0.1:" + server.getLocalPort()),
        new ApplicationName("planner"),
        Optional.empty(),
        "token",
        token -> {},
        HttpClient.newBuilder().executor(threads).build(),
        silence);
  }

  private interface Behaviour {
    void answer(OutputStream out) throws Exception;
  }

  private ServerSocket serving(Behaviour behaviour) throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    var unused =
        threads.submit(
            () -> {
              try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                  head.append((char) in.read());
                }
                OutputStream out = socket.getOutputStream();
                out.write(
                    ("HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                behaviour.answer(out);
              }
              return null;
            });
    return server;
  }

  @Test
  void anAnswerThatTrickles() throws Exception {
    // Each byte well within the limit, all of them well beyond it.
    Behaviour trickle =
        out -> {
          for (byte one : BODY) {
            Thread.sleep(150);
            out.write(one);
            out.flush();
          }
        };
    try (ServerSocket server = serving(trickle)) {
      Answer answer = link(server, Duration.ofSeconds(3)).whoAmI();

      assertThat(answer).isInstanceOf(Answer.Identified.class);
    }
  }

  @Test
  void anAnswerThatStandsStill() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Behaviour stalled =
        out -> {
          out.write(BODY, 0, 5);
          out.flush();
          never.await();
        };
    try (ServerSocket server = serving(stalled)) {
      Answer answer = link(server, Duration.ofMillis(300)).whoAmI();

      assertThat(answer).isInstanceOf(Answer.Unknown.class);
    }
  }
}
