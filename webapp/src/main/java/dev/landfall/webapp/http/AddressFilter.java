package dev.landfall.webapp.http;

import dev.landfall.engine.problem.SyncProblem;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an address whose query is not percent-encoded UTF-8. What comes later would fail on it
 * without a word, or put replacement characters where the client meant something else.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true) // a long poll passes through
public final class AddressFilter implements Filter {
  /** For the container. */
  public AddressFilter() {}

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer
        && !isWellFormed(http.getQueryString())) {
      answer.setStatus(SyncProblem.BAD_REQUEST.status());
      answer.setContentType("application/json");
      answer.setHeader("X-Content-Type-Options", "nosniff");
      answer.setHeader("Cache-Control", "no-store");
      answer
          .getOutputStream()
          .write(
              ("{\"error\":\"the query of the address is not percent-encoded UTF-8\",\"code\":\""
                      + SyncProblem.BAD_REQUEST.code()
                      + "\"}")
                  .getBytes(StandardCharsets.UTF_8));
      return;
    }
    chain.doFilter(request, response);
  }

  static boolean isWellFormed(@Nullable String query) {
    if (query == null) {
      return true;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(query.length());
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c <= ' ' || c > '~' || "\"<>\\^`{|}".indexOf(c) >= 0) {
        return false;
      }
      if (c == '%') {
        if (i + 2 >= query.length()
            || Character.digit(query.charAt(i + 1), 16) < 0
            || Character.digit(query.charAt(i + 2), 16) < 0) {
          return false;
        }
        bytes.write(Integer.parseInt(query.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
