package dev.landfall.webapp.http;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Logger;

/**
 * Breaks an export off that has failed in the middle, so that nobody takes what has been sent for
 * all of it. The REST runtime would end it as if it were whole: it closes the stream and keeps the
 * failure to itself. Liberty closes the connection without the last chunk when it hears of the
 * failure while the stream is open, and {@code com.ibm.ws.webcontainer.suppresslastzerobytepackage}
 * is set in server.xml.
 *
 * <p>Other answers are JSON, which does not parse when it is cut off.
 */
@WebFilter(urlPatterns = {"/account/export", "/orgs/*"})
public final class BrokenAnswerFilter implements Filter {
  private static final Logger LOG = Logger.getLogger(BrokenAnswerFilter.class.getName());
  private static final String FAILURE = BrokenAnswerFilter.class.getName();

  /** For the container. */
  public BrokenAnswerFilter() {}

  /** Notes that the answer to {@code request} has failed when some of it was on the way already. */
  static void note(ServletRequest request, Throwable failure) {
    request.setAttribute(FAILURE, failure);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (response instanceof HttpServletResponse answer) {
      chain.doFilter(request, new WrappedAnswer(answer, out -> new StaysOpen(request, out)));
    } else {
      chain.doFilter(request, response);
    }
    if (request.getAttribute(FAILURE) instanceof Throwable failure) {
      LOG.warning(() -> "An answer has been broken off: " + LogText.of(failure));
      throw new ServletException("the answer has failed in the middle");
    }
  }

  /** Is not closed once the answer has failed. */
  private static final class StaysOpen extends WrappedAnswer.Stream {
    private final ServletRequest request;

    StaysOpen(ServletRequest request, ServletOutputStream out) {
      super(out);
      this.request = request;
    }

    @Override
    public void close() throws IOException {
      if (request.getAttribute(FAILURE) == null) {
        out.close();
      }
    }
  }
}
