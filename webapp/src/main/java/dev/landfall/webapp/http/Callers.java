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
  private static final String PLACE = USER + ".place";

  /** Everybody may have so many requests at once, whatever the others do. */
  private static final int ALWAYS = 4;

  private static final long SOON = 1;

  private final ClientAddress addresses;
  private final RequestRate rate;
  private final FairPermits places;

  /**
   * Callers.
   *
   * @param rate of requests from an address without a session
   * @param atOnce how many requests are worked on at the same time before people have to share
   */
  public Callers(ClientAddress addresses, RequestRate rate, int atOnce) {
    this.addresses = addresses;
    this.rate = rate;
    this.places = new FairPermits(atOnce, ALWAYS);
  }

  private record Place(String caller, FairPermits places) {
    void leave() {
      places.leave(caller);
    }
  }

  /**
   * Takes one of the places for requests, which {@link #leave} gives back; a request has one at
   * most.
   *
   * @throws TooManyRequestsException if whoever makes it has all they may have
   */
  public void enter(HttpServletRequest request) {
    if (request.getAttribute(PLACE) == null) {
      String caller = of(request);
      if (!places.enter(caller)) {
        throw new TooManyRequestsException(SOON);
      }
      request.setAttribute(PLACE, new Place(caller, places));
    }
  }

  /**
   * Gives back the place of a request whose thread goes: it is over, or waits without one, as long
   * polls and streams do, which have bounds of their own.
   */
  static void leave(ServletRequest request) {
    if (request.getAttribute(PLACE) instanceof Place place) {
      request.removeAttribute(PLACE);
      place.leave();
    }
  }

  /** Notes who makes {@code request}. */
  public static void know(ServletRequest request, UserId user) {
    request.setAttribute(USER, user);
  }

  /** Who makes {@code request}, if that is known. */
  public static Optional<UserId> known(ServletRequest request) {
    return request.getAttribute(USER) instanceof UserId user ? Optional.of(user) : Optional.empty();
  }

  /** The address from which {@code request} comes. */
  public String address(HttpServletRequest request) {
    return addresses.of(request);
  }

  /** Who makes {@code request}, in a form in which no address is taken for a user. */
  public String of(HttpServletRequest request) {
    return known(request).map(UserId::text).orElseGet(() -> "address:" + addresses.of(request));
  }

  /**
   * Counts a request that is answered without a session, or for want of one.
   *
   * @throws TooManyRequestsException if too many come from its address, or too many at once
   */
  public void countWithoutSession(HttpServletRequest request) {
    enter(request);
    rate.take("address:" + addresses.of(request));
  }
}
