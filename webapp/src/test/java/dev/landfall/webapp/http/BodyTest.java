package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landfall.engine.problem.SyncException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyTest {
  private static final RequestLimits LIMITS =
      new RequestLimits(1024, Duration.ofSeconds(3), 48, 20, 0, 0, 96, 1);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final Body body = new Body(LIMITS, now::get);

  @Test
  void aBodyThatIsWaitedForTooLongIsGivenUp() {
    assertThatExceptionOfType(SyncException.class)
        .isThrownBy(() -> body.read(request(Duration.ofMillis(1_001)), "alice", BodyTest::pieces))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(HttpProblem.REQUEST_TIMEOUT));
  }

  @Test
  void aBodyThatIsWaitedForLessIsTaken() {
    assertThat(
            body.<String, RuntimeException>read(
                request(Duration.ofMillis(999)), "a", BodyTest::pieces))
        .isEqualTo("abc");
  }

  @Test
  void theTimeThatTheServerTakesToReadABodyIsNotItsSendersFault() {
    String read =
        body.<String, RuntimeException>read(
            request(Duration.ZERO),
            "alice",
            in -> {
              StringBuilder text = new StringBuilder();
              for (int b = in.read(); b >= 0; b = in.read()) {
                text.append((char) b);
                now.addAndGet(Duration.ofMinutes(1).toNanos());
              }
              return text.toString();
            });

    assertThat(read).isEqualTo("abc");
  }

  private static String pieces(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
  }

  /** A request whose body is "abc", each byte of which arrives after {@code wait}. */
  private HttpServletRequest request(Duration wait) {
    InputStream bytes = new ByteArrayInputStream("abc".getBytes(StandardCharsets.US_ASCII));
    ServletInputStream in =
        new ServletInputStream() {
          @Override
          public int read() {
            throw new UnsupportedOperationException("byte by byte");
          }

          @Override
          public int read(byte[] target, int from, int length) throws IOException {
            int read = bytes.read(target, from, Math.min(1, length));
            if (read > 0) {
              now.addAndGet(wait.toNanos());
            }
            return read;
          }

          @Override
          public boolean isFinished() {
            throw new UnsupportedOperationException();
          }

          @Override
          public boolean isReady() {
            throw new UnsupportedOperationException();
          }

          @Override
          public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
          }
        };
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            BodyTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getInputStream" -> in;
                  case "getContentLengthLong" -> -1L;
                  case "getHeaders", "setAttribute" -> null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
