package dev.landfall.webapp.http;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request is called in its answer, in every line of the log that is written while it is
 * worked on, and in what a client is told of a failure.
 */
public final class RequestId {
  /** The header of the answer, and of a request that a trusted proxy has called something. */
  public static final String HEADER = "X-Request-Id";

  private static final String ATTRIBUTE = RequestId.class.getName();
  private static final Pattern GIVEN = Pattern.compile("[A-Za-z0-9._=-]{1,64}");
  private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

  private RequestId() {}

  /** Names a request: as a trusted proxy has, else at random. */
  public static String name(HttpServletRequest request, ClientAddress addresses) {
    String id =
        addresses
            .ofTrusted(request, HEADER)
            .filter(given -> GIVEN.matcher(given).matches())
            .orElseGet(() -> UUID.randomUUID().toString());
    request.setAttribute(ATTRIBUTE, id);
    return id;
  }

  /** What a request is called, if it has been named. */
  public static Optional<String> of(ServletRequest request) {
    return Optional.ofNullable(request.getAttribute(ATTRIBUTE)).map(Object::toString);
  }

  /** What the request is called that this thread works on. */
  public static Optional<String> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** This thread works on it from now on. */
  public static void begin(String id) {
    CURRENT.set(id);
  }

  /** This thread does not work on it any more. */
  public static void end() {
    CURRENT.remove();
  }
}
