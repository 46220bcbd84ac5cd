package dev.landfall.webapp.signin;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gets the discovery document of a provider at first use and again every hour; the one it has does
 * while no newer one is to be had. A provider that failed is left alone for a while. Safe for
 * concurrent use.
 */
final class Discovery {
  private static final Duration MAX_AGE = Duration.ofHours(1);
  private static final Duration REST = Duration.ofSeconds(10);

  private final ProviderHttp http;
  private final URI address;
  private final String issuer;
  private final InstantSource time;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable ProviderMetadata known;
  private volatile @Nullable SignInException failure;
  private volatile long triedAt;

  /**
   * The document at {@code address}.
   *
   * @param issuer what it must call itself
   */
  Discovery(ProviderHttp http, URI address, String issuer, InstantSource time) {
    this.http = http;
    this.address = address;
    this.issuer = issuer;
    this.time = time;
  }

  /**
   * What the provider says of itself.
   *
   * @throws SignInException if that is not to be had
   */
  ProviderMetadata metadata() {
    if (isDue()) {
      fetching.lock();
      try {
        if (isDue()) {
          fetch();
        }
      } finally {
        fetching.unlock();
      }
    }
    ProviderMetadata metadata = known;
    if (metadata != null) {
      return metadata;
    }
    SignInException last = failure;
    throw last == null ? ProviderHttp.failed(address, "has not been read") : last;
  }

  private boolean isDue() {
    long age = time.millis() - triedAt;
    if (failure != null) {
      return age >= REST.toMillis();
    }
    return known == null || age >= MAX_AGE.toMillis();
  }

  private void fetch() {
    try {
      ProviderHttp.Reply reply = http.get(address, Map.of());
      if (!reply.isOk()) {
        throw ProviderHttp.failed(address, "answered with status " + reply.status());
      }
      known = ProviderMetadata.of(address, issuer, reply.object());
      failure = null;
    } catch (SignInException e) {
      failure = e;
    } catch (IllegalArgumentException e) {
      failure = ProviderHttp.failed(address, String.valueOf(e.getMessage()));
    }
    triedAt = time.millis();
  }
}
