package dev.landfall.webapp;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The body of an error that the container makes before or behind the REST application: its status
 * in our form, and nothing of its cause. web.xml sends every such error here.
 *
 * <p>Some never reach the web application: docs/protocol.md lists them.
 */
public final class ContainerErrorServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return; // what has been sent is something else, and has been broken off
    }
    int status =
        request.getDispatcherType() == DispatcherType.ERROR
                && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? code
            : HttpServletResponse.SC_NOT_FOUND;
    byte[] body = body(status).getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  static String body(int status) {
    return switch (status) {
      case 400 -> error("The request is malformed.", "bad_request");
      case 404 -> error("There is nothing here.", "not_found");
      case 405 -> error("This method is not allowed here.", "method_not_allowed");
      case 413 -> error("The request is too large.", "too_large");
      default ->
          status < 500
              ? error("The request was refused.", "bad_request")
              : error("Internal Server Error", "internal_error");
    };
  }

  private static String error(String error, String code) {
    return "{\"error\":\"" + error + "\",\"code\":\"" + code + "\"}";
  }
}
