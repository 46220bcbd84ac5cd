package dev.landfall.webapp.http;

import dev.landfall.api.UserId;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Who makes a request, for what each may have of: the user, once that is known, and an address
 * before. Safe for concurrent use.
 */
public final class Callers {
  private static final String USER = Callers.class.getName();

  private final ClientAddress addresses;
  private final RequestRate rate;

  /**
   * Callers.
   *
   * @param rate of requests from an address without a session
   */
  public Callers(ClientAddress addresses, RequestRate rate) {
    this.addresses = addresses;
    this.rate = rate;
  }

  /** Notes who makes {@code request}. */
  public static void know(ServletRequest request, UserId user) {
    request.setAttribute(USER, user);
  }

  /** Who makes {@code request}, in a form in which no address is taken for a user. */
  public String of(HttpServletRequest request) {
    return Optional.ofNullable(request.getAttribute(USER))
        .map(user -> user instanceof UserId known ? known.text() : "")
        .orElseGet(() -> "address:" + addresses.of(request));
  }

  /**
   * Counts a request that is answered without a session, or for want of one.
   *
   * @throws TooManyRequestsException if too many come from its address
   */
  public void countWithoutSession(HttpServletRequest request) {
    rate.take("address:" + addresses.of(request));
  }
}
