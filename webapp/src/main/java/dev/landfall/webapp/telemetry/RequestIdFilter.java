package dev.landfall.webapp.telemetry;

import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.http.RequestId;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Names each request and says so in its answer. The first filter: web.xml puts it there. */
public class RequestIdFilter implements Filter {
  // The container wants filters to have a constructor without parameters.
  @SuppressWarnings("NullAway.Init")
  @Inject
  private ClientAddress addresses;

  @SuppressWarnings("NullAway.Init")
  @Inject
  private AccessLog log;

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      chain.doFilter(request, response);
      return;
    }
    long began = System.nanoTime();
    String id = RequestId.name(http, addresses);
    answer.setHeader(RequestId.HEADER, id);
    RequestId.begin(id);
    try {
      chain.doFilter(request, response);
    } finally {
      RequestId.end();
      if (log.isOn()) {
        Ended ended = new Ended(http, answer, id, began);
        if (!isAnsweredLater(request, ended)) {
          ended.write();
        }
      }
    }
  }

  private static boolean isAnsweredLater(ServletRequest request, AsyncListener listener) {
    try {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(listener);
        return true;
      }
    } catch (IllegalStateException e) {
      return false; // it has just been completed
    }
    return false;
  }

  /** Long polls and streams are answered later. */
  private final class Ended implements AsyncListener {
    private final HttpServletRequest request;
    private final HttpServletResponse answer;
    private final String id;
    private final long began;

    Ended(HttpServletRequest request, HttpServletResponse answer, String id, long began) {
      this.request = request;
      this.answer = answer;
      this.id = id;
      this.began = began;
    }

    void write() {
      log.answered(request, id, answer.getStatus(), System.nanoTime() - began);
    }

    @Override
    public void onComplete(AsyncEvent event) {
      write();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // it is completed next
    }

    @Override
    public void onError(AsyncEvent event) {
      // it is completed next
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}
