package dev.landfall.webapp.http;

import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Has every answer, whoever writes it, and live streams too, counted by {@link AnswersRead}; and
 * ends what {@link BodyMemory} has given to a request.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class AnswersReadFilter implements Filter {
  // The container wants filters to have a constructor without parameters.
  @SuppressWarnings("NullAway.Init")
  @Inject
  private AnswersRead answers;

  @SuppressWarnings("NullAway.Init")
  @Inject
  private Callers callers;

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer) {
      try {
        chain.doFilter(request, new Counted(http, answer));
      } finally {
        BodyMemory.release(request);
      }
    } else {
      chain.doFilter(request, response);
    }
  }

  private final class Counted extends HttpServletResponseWrapper {
    private final HttpServletRequest request;
    private @Nullable ServletOutputStream out;

    Counted(HttpServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      ServletOutputStream known = out;
      if (known == null) {
        known = new Taken(request, super.getOutputStream());
        out = known;
      }
      return known;
    }
  }

  private final class Taken extends ServletOutputStream {
    private final HttpServletRequest request;
    private final ServletOutputStream out;
    private final AnswersRead.Reader reader = answers.reader();

    Taken(HttpServletRequest request, ServletOutputStream out) {
      this.request = request;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      reader.take(callers.of(request), length, () -> out.write(bytes, from, length));
    }

    @Override
    public void flush() throws IOException {
      reader.take(callers.of(request), 0, out::flush);
    }

    @Override
    public void close() throws IOException {
      reader.take(callers.of(request), 0, out::close);
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
