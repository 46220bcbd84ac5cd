package dev.landfall.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The echo of a scenario: requests of the same bytes, answered with the same bytes. */
public final class Echo {
  private Echo() {}

  /** As many clients as {@code clients}, which send what the first of them sends next. */
  public static List<Client> of(Api api, Load load, String name, List<? extends Client> clients)
      throws IOException, InterruptedException {
    Recording recording = new Recording(clients.get(0));
    load.run(List.of(recording), Duration.ZERO);
    String request = new String(recording.request, StandardCharsets.ISO_8859_1);
    int bodyStart = request.indexOf("\r\n\r\n") + 4;
    int tokenStart = request.indexOf("Bearer ") + "Bearer ".length();
    String token = request.substring(tokenStart, request.indexOf('\r', tokenStart));
    byte[] body = request.substring(bodyStart).getBytes(StandardCharsets.ISO_8859_1);
    api.setEcho(name, recording.answer);
    ByteBuffer echo = api.echoRequest(name, token, body);
    List<Client> echoes = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      echoes.add(
          new Client() {
            @Override
            public ByteBuffer next() {
              return echo.duplicate();
            }

            @Override
            public void answered(byte[] answer, int length) {
              if (length != recording.answer.length) {
                throw new IllegalStateException("the echo is not the same");
              }
            }
          });
    }
    return echoes;
  }

  /** The size of a request and of its answer. */
  private static final class Recording implements Client {
    private final Client client;
    private byte[] request = new byte[0];
    private byte[] answer = new byte[0];

    Recording(Client client) {
      this.client = client;
    }

    @Override
    public ByteBuffer next() {
      ByteBuffer next = client.next();
      request = new byte[next.remaining()];
      next.duplicate().get(request);
      return next;
    }

    @Override
    public void answered(byte[] body, int length) {
      answer = java.util.Arrays.copyOf(body, length);
      client.answered(body, length);
    }
  }
}
