package dev.landfall.webapp.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An answer whose bytes pass through a stream of ours, on their way to the container's. */
final class WrappedAnswer extends HttpServletResponseWrapper {
  private final UnaryOperator<ServletOutputStream> wrapping;
  private @Nullable ServletOutputStream out;

  WrappedAnswer(HttpServletResponse answer, UnaryOperator<ServletOutputStream> wrapping) {
    super(answer);
    this.wrapping = wrapping;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream known = out;
    if (known == null) {
      known = wrapping.apply(super.getOutputStream());
      out = known;
    }
    return known;
  }

  /** Hands everything on as it is. */
  abstract static class Stream extends ServletOutputStream {
    /** Where it goes. */
    final ServletOutputStream out;

    Stream(ServletOutputStream out) {
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
      out.close();
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
