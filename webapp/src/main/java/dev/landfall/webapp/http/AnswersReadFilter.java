package dev.landfall.webapp.http;

import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Has every answer, whoever writes it, and live streams too, counted by {@link AnswersRead}; and
 * ends what {@link BodyMemory} and {@link Callers} have given to a request.
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
        chain.doFilter(request, new WrappedAnswer(answer, out -> new Taken(http, out)));
      } finally {
        BodyMemory.release(request);
        Callers.leave(request);
      }
    } else {
      chain.doFilter(request, response);
    }
  }

  private final class Taken extends WrappedAnswer.Stream {
    private final HttpServletRequest request;
    private final AnswersRead.Reader reader = answers.reader();

    Taken(HttpServletRequest request, ServletOutputStream out) {
      super(out);
      this.request = request;
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
  }
}
