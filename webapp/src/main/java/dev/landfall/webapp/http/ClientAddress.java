package dev.landfall.webapp.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address from which a request comes, which counts where nobody has signed in. Behind proxies
 * that are trusted it is the last one that they have written, in {@code Forwarded} (RFC 7239) or
 * {@code X-Forwarded-For}, that is none of theirs: what stands before it can be written by anybody.
 * Safe for concurrent use.
 */
public final class ClientAddress {
  private static final Logger LOG = Logger.getLogger(ClientAddress.class.getName());
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern PREFIX = Pattern.compile("(?:/[A-Za-z0-9._~-]+)+");
  private static final int MAX_PREFIX = 200;
  private static final int MAX_HEADER = 8 * 1024;

  private final List<Network> trusted;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * Addresses that begin with the same bits.
   *
   * @param bits how many
   */
  private record Network(byte[] address, int bits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      int rest = bits % 8;
      return Arrays.equals(address, 0, whole, other, 0, whole)
          && (rest == 0 || ((address[whole] ^ other[whole]) & 0xff) >>> (8 - rest) == 0);
    }
  }

  /**
   * Behind proxies.
   *
   * @param trusted their addresses, or networks of them: {@code 10.0.0.0/8}, {@code ::1}
   * @throws IllegalArgumentException if one is neither
   */
  public ClientAddress(List<String> trusted) {
    List<Network> networks = new ArrayList<>();
    trusted.forEach(one -> networks.add(network(one)));
    this.trusted = List.copyOf(networks);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
    if (address != null) {
      int all = address.length * 8;
      String bits = slash < 0 ? Integer.toString(all) : text.substring(slash + 1);
      if (bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= all) {
        return new Network(address, Integer.parseInt(bits));
      }
    }
    throw new IllegalArgumentException("'" + LogText.of(text) + "' is no address or network");
  }

  /** Without asking a name server. */
  private static byte @Nullable [] bytes(String text) {
    String plain =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!NUMERIC.matcher(plain).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(plain).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private boolean isTrusted(String address) {
    byte[] bytes = bytes(address);
    return bytes != null && trusted.stream().anyMatch(network -> network.contains(bytes));
  }

  /** Where {@code request} comes from; the text is the same for the same client. */
  public String of(HttpServletRequest request) {
    String address = request.getRemoteAddr();
    if (!isTrusted(address)) {
      warnOfProxy(request, address);
      return address;
    }
    List<String> forwarded = forwarded(request);
    for (int i = forwarded.size() - 1; i >= 0 && isTrusted(address); i--) {
      address = forwarded.get(i);
    }
    return address;
  }

  /**
   * The path below which browsers reach this server, as a trusted proxy says in {@code
   * X-Forwarded-Prefix}; empty, or {@code /} and a name, and so on.
   */
  public String prefix(HttpServletRequest request) {
    String prefix = request.getHeader("X-Forwarded-Prefix");
    if (prefix == null || prefix.length() > MAX_PREFIX || !isTrusted(request.getRemoteAddr())) {
      return "";
    }
    String path = prefix.strip();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return PREFIX.matcher(path).matches() ? path : "";
  }

  /** A header as a trusted proxy has sent it. */
  Optional<String> ofTrusted(HttpServletRequest request, String header) {
    return isTrusted(request.getRemoteAddr())
        ? Optional.ofNullable(request.getHeader(header))
        : Optional.empty();
  }

  private void warnOfProxy(HttpServletRequest request, String address) {
    if ((request.getHeader("Forwarded") != null || request.getHeader("X-Forwarded-For") != null)
        && told.compareAndSet(false, true)) {
      LOG.warning(
          () ->
              "Requests come through a proxy at "
                  + address
                  + " that landfall.http.trusted-proxies does not name: all who come through it"
                  + " count as one where nobody has signed in");
    }
  }

  /** What proxies have written, the nearest last. */
  private static List<String> forwarded(HttpServletRequest request) {
    List<String> addresses = new ArrayList<>();
    String standard = joined(request.getHeaders("Forwarded"));
    if (!standard.isEmpty()) {
      for (String element : standard.split(",", -1)) {
        addresses.add(ofElement(element));
      }
      return addresses;
    }
    for (String element : joined(request.getHeaders("X-Forwarded-For")).split(",", -1)) {
      addresses.add(withoutPort(element.strip()));
    }
    return addresses;
  }

  private static String ofElement(String element) {
    for (String pair : element.split(";", -1)) {
      String part = pair.strip();
      if (part.regionMatches(true, 0, "for=", 0, 4)) {
        return withoutPort(part.substring(4).replace("\"", ""));
      }
    }
    return "unknown";
  }

  private static String withoutPort(String text) {
    if (text.startsWith("[") && text.indexOf(']') > 0) {
      return text.substring(1, text.indexOf(']'));
    }
    int colon = text.indexOf(':');
    return colon > 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
  }

  private static String joined(@Nullable Enumeration<String> headers) {
    StringBuilder all = new StringBuilder();
    while (headers != null && headers.hasMoreElements() && all.length() < MAX_HEADER) {
      all.append(all.isEmpty() ? "" : ",").append(headers.nextElement());
    }
    return all.toString();
  }
}
