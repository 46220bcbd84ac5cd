package dev.landfall.webapp.session;

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
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of an issuer come from. They are fetched at first use and kept; a token with an
 * unknown key makes them be fetched again, at most once a minute, however many such tokens come.
 * Safe for concurrent use.
 */
public final class KeySource {
  static final Duration MIN_INTERVAL = Duration.ofMinutes(1);

  private static final Logger LOG = Logger.getLogger(KeySource.class.getName());
  private static final Duration MAX_AGE = Duration.ofHours(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 512 * 1024;

  /** Reads the text of the keys. */
  public interface Reader {
    /** All of the text. */
    String read() throws IOException;
  }

  private final Reader reader;
  private final InstantSource time;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable PublicKeys keys;
  private volatile long fetchedAt;
  private volatile long triedAt = Long.MIN_VALUE;

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
    String lower = location.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http:") || lower.startsWith("https:")) {
      HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
      HttpRequest request = HttpRequest.newBuilder(URI.create(location)).timeout(TIMEOUT).build();
      return new KeySource(() -> get(client, request), time);
    }
    if (lower.startsWith("file:")) {
      return new KeySource(() -> Files.readString(Path.of(URI.create(location))), time);
    }
    String resource = lower.startsWith("classpath:") ? location.substring(10) : location;
    return new KeySource(() -> resource(resource), time);
  }

  private static String get(HttpClient client, HttpRequest request) throws IOException {
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException("status " + response.statusCode());
        }
        return limited(body);
      }
    } catch (InterruptedException e) {
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
   * The keys that a token with this {@code kid} may be signed with; none if there are none, or none
   * can be had.
   */
  List<java.security.PublicKey> candidates(Optional<String> id) {
    PublicKeys current = keys;
    long now = time.millis();
    if (current == null || now - fetchedAt > MAX_AGE.toMillis()) {
      current = fetch(now);
    }
    List<java.security.PublicKey> candidates = current == null ? List.of() : current.candidates(id);
    if (candidates.isEmpty()) {
      current = fetch(now);
      candidates = current == null ? List.of() : current.candidates(id);
    }
    return candidates;
  }

  /** Whether keys have never been had. */
  boolean isEmpty() {
    return keys == null;
  }

  private @Nullable PublicKeys fetch(long now) {
    if (triedAt != Long.MIN_VALUE && now - triedAt < MIN_INTERVAL.toMillis()) {
      return keys;
    }
    fetching.lock();
    try {
      if (triedAt != Long.MIN_VALUE && now - triedAt < MIN_INTERVAL.toMillis()) {
        return keys;
      }
      triedAt = now;
      keys = PublicKeys.parse(reader.read());
      fetchedAt = now;
    } catch (IOException | IllegalArgumentException e) {
      LOG.warning(() -> "The keys of the token issuer cannot be read: " + LogText.of(e));
    } finally {
      fetching.unlock();
    }
    return keys;
  }
}
