package dev.landfall.webapp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeySourceTest {
  private static final Optional<String> FIRST = Optional.of("first");
  private static final Optional<String> SECOND = Optional.of("second");

  private static RSAKey first;
  private static RSAKey second;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(0));
  private final AtomicReference<Optional<String>> published = new AtomicReference<>();
  private final AtomicLong now = new AtomicLong(1_800_000_000L);

  @BeforeAll
  static void makeKeys() throws Exception {
    first = new RSAKeyGenerator(2048).keyID("first").generate();
    second = new RSAKeyGenerator(2048).keyID("second").generate();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Answers, when the gate is open, with what is published; nothing means that it is down. */
  private KeySource source() {
    return new KeySource(
        () -> {
          fetches.incrementAndGet();
          try {
            gate.get().await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return published.get().orElseThrow(() -> new IOException("down"));
        },
        () -> Instant.ofEpochSecond(now.get()));
  }

  private void publish(RSAKey... keys) {
    published.set(Optional.of(new JWKSet(List.of(keys)).toString(true)));
  }

  private List<Future<List<PublicKey>>> atOnce(int requests, KeySource source, Optional<String> id)
      throws InterruptedException {
    List<Future<List<PublicKey>>> answers = new ArrayList<>();
    int before = fetches.get();
    answers.add(threads.submit(() -> source.candidates(id)));
    while (fetches.get() == before) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    for (int i = 1; i < requests; i++) {
      answers.add(threads.submit(() -> source.candidates(id)));
    }
    return answers;
  }

  @Test
  void requestsWithinTheFirstFetchWaitForIt() throws Exception {
    publish(first);
    gate.set(new CountDownLatch(1));

    List<Future<List<PublicKey>>> answers = atOnce(4, source(), FIRST);
    gate.get().countDown();

    for (Future<List<PublicKey>> answer : answers) {
      assertThat(answer.get()).hasSize(1);
    }
    assertThat(fetches).hasValue(1);
  }

  @Test
  void requestsWithinTheFetchOfARotatedKeyWaitForIt() throws Exception {
    publish(first);
    KeySource source = source();
    assertThat(source.candidates(FIRST)).hasSize(1);
    publish(first, second);
    now.addAndGet(60);
    gate.set(new CountDownLatch(1));

    List<Future<List<PublicKey>>> answers = atOnce(4, source, SECOND);
    assertThat(source.candidates(FIRST)).hasSize(1); // who needs no new key waits for nobody
    gate.get().countDown();

    for (Future<List<PublicKey>> answer : answers) {
      assertThat(answer.get()).hasSize(1);
    }
  }

  @Test
  void withoutKeysNothingIsSaidOfATokenUntilTheyCanBeHad() {
    published.set(Optional.empty());
    KeySource source = source();

    assertThatThrownBy(() -> source.candidates(FIRST)).isInstanceOf(KeysUnavailableException.class);
    assertThatThrownBy(() -> source.candidates(FIRST)).isInstanceOf(KeysUnavailableException.class);
    assertThat(fetches).hasValue(1);

    publish(first);
    now.addAndGet(KeySource.REST.toSeconds());
    assertThat(source.candidates(FIRST)).hasSize(1);
  }

  @Test
  void anUnknownKeyOfAnIssuerThatIsDownIsNotAWrongOne() {
    publish(first);
    KeySource source = source();
    assertThat(source.candidates(FIRST)).hasSize(1);
    published.set(Optional.empty());
    now.addAndGet(60);

    assertThatThrownBy(() -> source.candidates(SECOND))
        .isInstanceOf(KeysUnavailableException.class);
    assertThat(source.candidates(FIRST)).hasSize(1);
  }

  @Test
  void keysAreGoodForADayWithoutTheIssuer() {
    publish(first);
    KeySource source = source();
    assertThat(source.candidates(FIRST)).hasSize(1);
    published.set(Optional.empty());

    now.addAndGet(KeySource.MAX_OUTAGE.toSeconds());
    assertThat(source.candidates(FIRST)).hasSize(1);
    now.addAndGet(10);
    assertThatThrownBy(() -> source.candidates(FIRST)).isInstanceOf(KeysUnavailableException.class);
  }

  @Test
  void onlyAFewRequestsWaitForAnIssuerThatDoesNotAnswer() throws Exception {
    publish(first);
    gate.set(new CountDownLatch(1));
    KeySource source = source();

    List<Future<List<PublicKey>>> answers = atOnce(30, source, FIRST);
    int refused = 0;
    while (refused < 30 - 1 - KeySource.MAX_WAITING) {
      refused = (int) answers.stream().filter(Future::isDone).count();
      TimeUnit.MILLISECONDS.sleep(1);
    }
    gate.get().countDown();

    int served = 0;
    for (Future<List<PublicKey>> answer : answers) {
      try {
        served += answer.get().size();
      } catch (java.util.concurrent.ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(KeysUnavailableException.class);
      }
    }
    assertThat(served).isEqualTo(1 + KeySource.MAX_WAITING);
  }

  @Test
  void anIssuerThatSendsHeadersAndStallsIsGivenUp() throws Exception {
    try (ServerSocket issuer = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Future<?> stalling =
          threads.submit(
              () -> {
                List<Socket> open = new ArrayList<>();
                while (!issuer.isClosed()) {
                  Socket socket = issuer.accept();
                  open.add(socket);
                  socket
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
                              .getBytes(StandardCharsets.US_ASCII));
                }
                return open;
              });
      KeySource source =
          KeySource.at(
              "http://127.0.0.1:" + issuer.getLocalPort() + "/keys",
              () -> Instant.ofEpochSecond(now.get()),
              Duration.ofMillis(200));

      assertThatThrownBy(() -> source.candidates(FIRST))
          .isInstanceOf(KeysUnavailableException.class);
      assertThatThrownBy(() -> source.candidates(FIRST))
          .isInstanceOf(KeysUnavailableException.class);
      stalling.cancel(true);
    }
  }
}
