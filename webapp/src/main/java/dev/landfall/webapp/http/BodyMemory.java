package dev.landfall.webapp.http;

import jakarta.servlet.ServletRequest;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the heap the bodies may take that are being worked on: read, a body is many times as
 * large as it was on the way. Small ones are not counted. Nobody gets more than a third, but a
 * request that is the only large one may always have what it needs. Safe for concurrent use.
 */
final class BodyMemory {
  /** So many bytes of the heap a byte of a body takes, of the worst that are allowed. */
  static final int HEAP_A_BYTE = 12;

  /** Bytes that are taken at once; and as many nobody counts. */
  static final int STEP = 64 * 1024;

  private static final int SHARE = 3;
  private static final String LEASE = BodyMemory.class.getName();

  private final long total;
  private final Map<String, Long> byClient = new HashMap<>();
  private long taken;

  /**
   * All free.
   *
   * @param total bytes of bodies, as they are without compression
   */
  BodyMemory(long total) {
    this.total = total;
  }

  /** Half of the heap of this process. */
  static BodyMemory ofHeap() {
    return new BodyMemory(Runtime.getRuntime().maxMemory() / 2 / HEAP_A_BYTE);
  }

  /** What one request has; for one thread. */
  final class Lease {
    private final String client;
    private long bytes;

    Lease(String client) {
      this.client = client;
    }

    /** Whether there is room for the body up to its byte {@code count}. */
    boolean reaches(long count) {
      long more = (count + STEP - 1) / STEP * STEP - STEP - bytes; // but for the first step
      return more <= 0 || take(this, more);
    }

    private void giveBack() {
      BodyMemory.this.giveBack(this);
    }
  }

  /**
   * The lease of a request, which ends with {@link #release}.
   *
   * @param client a user, or an address where the user is not known
   */
  Lease lease(ServletRequest request, String client) {
    Lease lease = new Lease(client);
    request.setAttribute(LEASE, lease);
    return lease;
  }

  /** Gives back what {@code request}, which is over, had. */
  static void release(ServletRequest request) {
    if (request.getAttribute(LEASE) instanceof Lease lease) {
      request.removeAttribute(LEASE);
      lease.giveBack();
    }
  }

  private synchronized boolean take(Lease lease, long more) {
    boolean alone = taken == lease.bytes;
    long own = byClient.getOrDefault(lease.client, 0L);
    if (!alone && (taken + more > total || (own + more) * SHARE > total)) {
      return false;
    }
    taken += more;
    lease.bytes += more;
    byClient.merge(lease.client, more, Long::sum);
    return true;
  }

  private synchronized void giveBack(Lease lease) {
    taken -= lease.bytes;
    byClient.computeIfPresent(
        lease.client, (key, own) -> own == lease.bytes ? null : own - lease.bytes);
    lease.bytes = 0;
  }
}
