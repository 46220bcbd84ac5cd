package dev.landfall.webapp.telemetry;

import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Answers with what has been counted, at an address that the operator chooses; not to pages of
 * other origins, which never see it. A filter, because resources have fixed addresses.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class MetricsFilter implements Filter {
  // The container wants filters to have a constructor without parameters.
  @SuppressWarnings("NullAway.Init")
  @Inject
  private Telemetry telemetry;

  @SuppressWarnings("NullAway.Init")
  @Inject
  private MetricsAddress address;

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer
        && http.getMethod().equals("GET")
        && address.is(http.getRequestURI().substring(http.getContextPath().length()))) {
      byte[] text = telemetry.text().getBytes(StandardCharsets.UTF_8);
      answer.setContentType(Meters.TYPE);
      answer.setContentLength(text.length);
      answer.setHeader("Cache-Control", "no-store");
      answer.setHeader("X-Content-Type-Options", "nosniff");
      answer.getOutputStream().write(text);
    } else {
      chain.doFilter(request, response);
    }
  }
}
