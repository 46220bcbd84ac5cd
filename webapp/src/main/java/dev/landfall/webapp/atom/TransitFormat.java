package dev.landfall.webapp.atom;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.HttpProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The forms that a Transit message has on the wire. */
enum TransitFormat {
  JSON("application/transit+json"),
  VERBOSE("application/transit+json;verbose"),
  MESSAGE_PACK("application/transit+msgpack");

  private static final int MAX_RANGES = 20;
  private static final String ALL = JSON.type + ", " + VERBOSE.type + " or " + MESSAGE_PACK.type;

  private final String type;

  TransitFormat(String type) {
    this.type = type;
  }

  /** The media type. */
  String type() {
    return type;
  }

  /**
   * What the body of {@code request} is.
   *
   * @throws SyncException if it is none of these
   */
  static TransitFormat ofBody(HttpServletRequest request) {
    String type = request.getContentType();
    TransitFormat format =
        named(type)
            .orElseThrow(
                () ->
                    new SyncException(
                        HttpProblem.UNSUPPORTED_MEDIA_TYPE, "the body must be " + ALL));
    if (format != MESSAGE_PACK) {
      Body.requireUtf8(type);
    }
    return format;
  }

  /**
   * What the answer is to be.
   *
   * @param otherwise if the client does not care
   * @throws SyncException if the client takes none of these
   */
  static TransitFormat ofAnswer(HttpServletRequest request, TransitFormat otherwise) {
    Enumeration<String> headers = request.getHeaders("Accept");
    if (headers == null || !headers.hasMoreElements()) {
      return otherwise;
    }
    TransitFormat best = null;
    double weight = 0;
    while (headers.hasMoreElements()) {
      for (String range : headers.nextElement().split(",", MAX_RANGES)) {
        double quality = quality(range);
        Optional<TransitFormat> format = isAny(range) ? Optional.of(otherwise) : named(range);
        if (format.isPresent() && quality > weight) {
          best = format.get();
          weight = quality;
        }
      }
    }
    if (best == null) {
      throw new SyncException(HttpProblem.NOT_ACCEPTABLE, "The answer can be " + ALL);
    }
    return best;
  }

  private static boolean isAny(String range) {
    String media = media(range);
    return media.equals("*/*") || media.equals("application/*");
  }

  private static Optional<TransitFormat> named(@Nullable String type) {
    if (type == null) {
      return Optional.empty();
    }
    switch (media(type)) {
      case "application/transit+json":
        return Optional.of(parameter(type, "verbose").isPresent() ? VERBOSE : JSON);
      case "application/transit+msgpack":
        return Optional.of(MESSAGE_PACK);
      default:
        return Optional.empty();
    }
  }

  private static String media(String type) {
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  /** The value of a parameter, empty text if it has none. */
  private static Optional<String> parameter(String type, String name) {
    String[] parts = type.split(";", MAX_RANGES);
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String given = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      if (given.strip().equalsIgnoreCase(name)) {
        return Optional.of(equals < 0 ? "" : parts[i].substring(equals + 1).strip());
      }
    }
    return Optional.empty();
  }

  private static double quality(String range) {
    try {
      return parameter(range, "q").map(Double::parseDouble).orElse(1.0);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
