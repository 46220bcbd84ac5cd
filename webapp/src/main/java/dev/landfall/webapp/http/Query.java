package dev.landfall.webapp.http;

import dev.landfall.engine.problem.SyncException;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The parameters in the address of a request, read strictly: every complaint is a 400 that names
 * the parameter.
 */
public final class Query {
  private final MultivaluedMap<String, String> parameters;

  /** The parameters of a request. */
  public Query(UriInfo uri) {
    this.parameters = uri.getQueryParameters();
  }

  /**
   * A parameter that must be there.
   *
   * @param type throws IllegalArgumentException, with a message for the client, if the text is none
   */
  public <T> T required(String name, Function<String, T> type) {
    return optional(name, type).orElseThrow(() -> SyncException.badRequest(name, "is missing"));
  }

  /** A parameter that may be absent; given without a value it counts as there, and empty. */
  public <T> Optional<T> optional(String name, Function<String, T> type) {
    List<String> given = parameters.get(name);
    if (given == null || given.isEmpty()) {
      return Optional.empty();
    }
    if (given.size() > 1) {
      throw SyncException.badRequest(name, "is given more than once");
    }
    try {
      return Optional.of(type.apply(given.get(0)));
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest(name, String.valueOf(e.getMessage()));
    }
  }

  /** A whole number that may be absent. */
  public OptionalLong whole(String name, long min, long max) {
    Optional<Long> number = optional(name, text -> checked(text, min, max));
    return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
  }

  /** {@code true} or {@code false}, and that if absent. */
  public boolean flag(String name) {
    return optional(name, Query::checkedFlag).orElse(false);
  }

  private static boolean checkedFlag(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new IllegalArgumentException("must be true or false");
  }

  private static long checked(String text, long min, long max) {
    if (text.matches("\\d{1,18}")) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new IllegalArgumentException("must be a whole number from " + min + " to " + max);
  }
}
