package dev.landfall.webapp.session;

import dev.landfall.webapp.http.LimitedBody;
import dev.landfall.webapp.http.LogText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of an issuer come from. They are fetched at first use and kept; they are fetched
 * again every hour, by one request while the others go on with those that are there, and for a
 * token with an unknown key, at most every ten seconds, however many such tokens come. Who needs
 * what is just being fetched waits for that, but neither long nor in large numbers. An issuer that
 * is down is one whose keys we know for a day. Safe for concurrent use. Why not the library's: ADR
 * 23.
 */
public final class KeySource {
  /** Between two fetches. */
  static final Duration MIN_INTERVAL = Duration.ofSeconds(10);

  /** After a fetch that has failed. */
  static final Duration REST = Duration.ofSeconds(5);

  /** How long keys are good that cannot be fetched again. */
  static final Duration MAX_OUTAGE = Duration.ofDays(1);

  /** How many requests wait for somebody else's fetch; of 64 that can be worked on. */
  static final int MAX_WAITING = 8;

  private static final Logger LOG = Logger.getLogger(KeySource.class.getName());
  private static final Duration MAX_AGE = Duration.ofHours(1);

  /** In which a whole answer has to be there. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** What a reader of somebody else's may take, with room. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private static final int MAX_BYTES = 512 * 1024;

  /** Reads the text of the keys. */
  public interface Reader {
    /** All of the text, within seconds whatever happens. */
    String read() throws IOException;
  }

  private final Reader reader;
  private final InstantSource time;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable PublicKeys keys;
  private volatile long fetchedAt;

  // guarded by the lock
  private @Nullable CompletableFuture<Void> running;
  private boolean tried;
  private boolean failed;
  private long triedAt;
  private int waiting;

  /** Keys that {@code reader} reads, when they are needed. */
  public KeySource(Reader reader, InstantSource time) {
    this.reader = reader;
    this.time = time;
  }

  /**
   * Keys at a location as MicroProfile JWT writes it.
   *
   * @param location a URL ({@code http}, {@code https}, {@code file}, {@code classpath}) or a
   *     resource of the application
   */
  static KeySource at(String location, InstantSource time) {
    return at(location, time, TIMEOUT);
  }

  static KeySource at(String location, InstantSource time, Duration limit) {
    String lower = location.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http:") || lower.startsWith("https:")) {
      HttpClient client =
          HttpClient.newBuilder()
              .connectTimeout(limit)
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      HttpRequest request = HttpRequest.newBuilder(URI.create(location)).build();
      return new KeySource(() -> get(client, request, limit), time);
    }
    if (lower.startsWith("file:")) {
      return new KeySource(() -> Files.readString(Path.of(URI.create(location))), time);
    }
    String resource = lower.startsWith("classpath:") ? location.substring(10) : location;
    return new KeySource(() -> resource(resource), time);
  }

  private static String get(HttpClient client, HttpRequest request, Duration limit)
      throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, info -> new LimitedBody(MAX_BYTES));
    try {
      // the one limit there is: a client's own would end with the headers
      HttpResponse<byte[]> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (ExecutionException e) {
      throw new IOException("no answer", e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer in time", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String resource(String name) throws IOException {
    String path = name.startsWith("/") ? name.substring(1) : name;
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (InputStream in = loader.getResourceAsStream(path)) {
      if (in != null) {
        return limited(in);
      }
    }
    Path file = Path.of(name);
    if (Files.isRegularFile(file)) {
      return Files.readString(file);
    }
    throw new IOException("no such resource");
  }

  private static String limited(InputStream in) throws IOException {
    byte[] text = in.readNBytes(MAX_BYTES + 1);
    if (text.length > MAX_BYTES) {
      throw new IOException("more than " + MAX_BYTES + " bytes");
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  /**
   * The keys that a token with this {@code kid} may be signed with; none if there are none.
   *
   * @throws KeysUnavailableException if that is not known
   */
  List<PublicKey> candidates(Optional<String> id) {
    List<PublicKey> known = known(id);
    if (!known.isEmpty()) {
      if (time.millis() - fetchedAt > MAX_AGE.toMillis()) {
        refresh(false);
        known = known(id);
      }
      return known;
    }
    boolean upToDate = refresh(true);
    known = known(id);
    if (known.isEmpty() && !upToDate) {
      throw new KeysUnavailableException();
    }
    return known;
  }

  private List<PublicKey> known(Optional<String> id) {
    PublicKeys current = keys;
    return current == null || time.millis() - fetchedAt > MAX_OUTAGE.toMillis()
        ? List.of()
        : current.candidates(id);
  }

  /**
   * Fetches the keys if that is due and nobody does.
   *
   * @param wait whether to wait for somebody who does
   * @return whether the last fetch is over and has brought keys
   */
  private boolean refresh(boolean wait) {
    CompletableFuture<Void> mine = null;
    CompletableFuture<Void> others;
    lock.lock();
    try {
      others = running;
      if (others == null) {
        Duration rest = failed ? REST : MIN_INTERVAL;
        if (tried && time.millis() - triedAt < rest.toMillis()) {
          return !failed;
        }
        tried = true;
        triedAt = time.millis();
        mine = new CompletableFuture<>();
        running = mine;
      } else if (!wait || waiting >= MAX_WAITING) {
        return false;
      } else {
        waiting++;
      }
    } finally {
      lock.unlock();
    }
    return mine != null ? fetch(mine) : others != null && await(others);
  }

  private boolean await(CompletableFuture<Void> others) {
    boolean over = false;
    try {
      others.get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      over = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.FINE, "the keys of the token issuer were not waited for", e);
    }
    lock.lock();
    try {
      waiting--;
      return over && !failed;
    } finally {
      lock.unlock();
    }
  }

  private boolean fetch(CompletableFuture<Void> mine) {
    boolean done = false;
    try {
      keys = PublicKeys.parse(reader.read());
      fetchedAt = time.millis();
      done = true;
    } catch (IOException | IllegalArgumentException e) {
      LOG.warning(() -> "The keys of the token issuer cannot be read: " + LogText.of(e));
    } finally {
      lock.lock();
      try {
        failed = !done;
        running = null;
      } finally {
        lock.unlock();
      }
      mine.complete(null);
    }
    return done;
  }
}
