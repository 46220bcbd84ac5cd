package dev.landfall.webapp.http;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

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
      chain.doFilter(request, new Breakable(request, answer));
    } else {
      chain.doFilter(request, response);
    }
    if (request.getAttribute(FAILURE) instanceof Throwable failure) {
      LOG.warning(() -> "An answer has been broken off: " + LogText.of(failure));
      throw new ServletException("the answer has failed in the middle");
    }
  }

  private static final class Breakable extends HttpServletResponseWrapper {
    private final ServletRequest request;
    private @Nullable ServletOutputStream out;

    Breakable(ServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      ServletOutputStream known = out;
      if (known == null) {
        known = new StaysOpen(request, super.getOutputStream());
        out = known;
      }
      return known;
    }
  }

  /** Is not closed once the answer has failed. */
  private static final class StaysOpen extends ServletOutputStream {
    private final ServletRequest request;
    private final ServletOutputStream out;

    StaysOpen(ServletRequest request, ServletOutputStream out) {
      this.request = request;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (request.getAttribute(FAILURE) == null) {
        out.close();
      }
    }

    @Override
    public boolean isReady() {
      return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      out.setWriteListener(listener);
    }
  }
}
