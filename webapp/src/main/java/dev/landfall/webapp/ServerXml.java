package dev.landfall.webapp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code server.xml} around us has to say for us to keep our promises, and what becomes of
 * them where it does not. docs/deploy-liberty.md has all of it. Where the server cannot be asked
 * nothing is found missing.
 */
final class ServerXml {
  private static final Logger LOG = Logger.getLogger(ServerXml.class.getName());

  /** What the elements are called inside of Open Liberty. */
  private static final String HTTP_ENDPOINT = "com.ibm.ws.http";

  private static final String HTTP_OPTIONS = "com.ibm.ws.http.options";

  private static final String WEB_CONTAINER = "com.ibm.ws.webcontainer";
  private static final String EXECUTOR = "com.ibm.ws.threading";

  private final List<Map<String, Object>> httpOptions;
  private final List<Map<String, Object>> webContainer;
  private final List<Map<String, Object>> executor;

  ServerXml(
      List<Map<String, Object>> httpOptions,
      List<Map<String, Object>> webContainer,
      List<Map<String, Object>> executor) {
    this.httpOptions = httpOptions;
    this.webContainer = webContainer;
    this.executor = executor;
  }

  /**
   * What is missing, a sentence each.
   *
   * @param ofServer an object of a class that the server brings
   * @param bodyBytes the largest request that we take
   * @param threads how many clients that are slow, and requests that are worked on, may hold
   */
  static List<String> missing(Object ofServer, long bodyBytes, int threads) {
    try {
      OpenLiberty server = new OpenLiberty(ofServer);
      return new ServerXml(
              used(server.configured(HTTP_OPTIONS), server.configured(HTTP_ENDPOINT)),
              server.configured(WEB_CONTAINER),
              server.configured(EXECUTOR))
          .missing(bodyBytes, threads);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.FINE, "whether server.xml has what we need is not known", e);
      return List.of();
    }
  }

  /** Without the default options, which are there though every endpoint has its own. */
  static List<Map<String, Object>> used(
      List<Map<String, Object>> options, List<Map<String, Object>> endpoints) {
    List<Map<String, Object>> used = new ArrayList<>();
    for (Map<String, Object> one : options) {
      Object pid = one.get("service.pid");
      if (pid != null
          && endpoints.stream().anyMatch(end -> pid.equals(end.get("httpOptionsRef")))) {
        used.add(one);
      }
    }
    return used.isEmpty() ? options : used;
  }

  List<String> missing(long bodyBytes, int threads) {
    List<String> missing = new ArrayList<>();
    if (anyUnlike(httpOptions, "AutoDecompression", "false")) {
      missing.add(
          "<httpOptions AutoDecompression=\"false\"/>: without it compressed requests are answered"
              + " 400");
    }
    long limit = largest(httpOptions, "MessageSizeLimit");
    if (limit >= 0 && limit < bodyBytes) {
      missing.add(
          "<httpOptions MessageSizeLimit=\""
              + bodyBytes
              + "\"/> or more: with "
              + limit
              + " larger requests, which our own limits allow, are cut off without an answer");
    }
    if (limit < 0) {
      missing.add(
          "<httpOptions MessageSizeLimit=\""
              + 4 * bodyBytes
              + "\"/>: without it a request that we refuse is taken in to its end, however long it"
              + " is");
    }
    if (anyUnlike(webContainer, "skipEncodedCharVerification", "true")) {
      missing.add(
          "<webContainer skipEncodedCharVerification=\"true\"/>: without it documents whose keys"
              + " have a slash, a percent or a number sign are reached with ?key= alone");
    }
    if (anyUnlike(webContainer, "com.ibm.ws.webcontainer.suppresslastzerobytepackage", "true")) {
      missing.add(
          "<webContainer com.ibm.ws.webcontainer.suppresslastzerobytepackage=\"true\"/>: without it"
              + " an export that breaks off looks like a whole one");
    }
    if (largest(executor, "coreThreads") < threads) {
      missing.add(
          "<executor coreThreads=\""
              + threads
              + "\"/>, or more: without it clients that send or read slowly can hold every thread");
    }
    return missing;
  }

  private static boolean anyUnlike(
      List<Map<String, Object>> elements, String attribute, String wanted) {
    return elements.isEmpty()
        || elements.stream()
            .anyMatch(element -> !wanted.equalsIgnoreCase(text(element.get(attribute))));
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value);
  }

  /** The largest number that an attribute has; -1 if there is none. */
  private static long largest(List<Map<String, Object>> elements, String attribute) {
    long largest = -1;
    for (Map<String, Object> element : elements) {
      if (element.get(attribute) instanceof Number number) {
        largest = Math.max(largest, number.longValue());
      } else if (text(element.get(attribute)).matches("[0-9]{1,18}")) {
        largest = Math.max(largest, Long.parseLong(text(element.get(attribute))));
      }
    }
    return largest;
  }
}
