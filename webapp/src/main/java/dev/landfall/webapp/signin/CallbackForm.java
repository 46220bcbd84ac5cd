package dev.landfall.webapp.signin;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.http.Body;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The fields of the form that a provider has a browser post to us. */
final class CallbackForm {
  private static final int MAX_BYTES = 64 * 1024;
  private static final String TYPE = "application/x-www-form-urlencoded";

  private final Map<String, String> fields;

  private CallbackForm(Map<String, String> fields) {
    this.fields = fields;
  }

  /**
   * Reads the body of a request.
   *
   * @throws SyncException if it is not a small form
   */
  static CallbackForm read(HttpServletRequest request, Body body, String sender) {
    byte[] bytes = body.read(request, TYPE, MAX_BYTES, sender);
    return parse(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Reads the text of a form. */
  static CallbackForm parse(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0 && fields.put(decoded(pair, 0, equals), value(pair, equals)) != null) {
        throw SyncException.badRequest("body", "a field is given more than once");
      }
    }
    return new CallbackForm(fields);
  }

  private static String value(String pair, int equals) {
    return decoded(pair, equals + 1, pair.length());
  }

  private static String decoded(String pair, int from, int to) {
    try {
      return URLDecoder.decode(pair.substring(from, to), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest("body", "it is not percent-encoded");
    }
  }

  /** A field that may be absent. */
  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }
}
