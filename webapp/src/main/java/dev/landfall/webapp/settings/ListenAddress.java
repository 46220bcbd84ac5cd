package dev.landfall.webapp.settings;

import dev.landfall.webapp.http.LogText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Where the runnable server listens; elsewhere the container's configuration counts.
 *
 * @param host a name or an address of this machine, {@code *} for all of them
 */
public record ListenAddress(String host, int port) {
  private static final String ALL = "*";

  /** What somebody on this machine writes into a browser, without a slash at the end. */
  public String url() {
    String shown = host.equals(ALL) || isAll() ? "127.0.0.1" : host;
    return "http://" + (shown.indexOf(':') < 0 ? shown : "[" + shown + "]") + ":" + port;
  }

  /** The wildcard of either IP version; a name is not looked up. */
  private boolean isAll() {
    return host.equals("0.0.0.0") || host.matches("[0:]+");
  }

  /**
   * Finds that this process could listen there. To be asked before the container does.
   *
   * @throws ConfigurationException if not
   */
  public void requireFree() {
    InetAddress address = resolved();
    if (!canListen(address, 0)) {
      throw wrongHost();
    }
    if (!canListen(address, port)) {
      throw new ConfigurationException(
          List.of(
              SettingKey.HTTP_PORT.key()
                  + ": "
                  + port
                  + " was given; allowed is a port on which nobody else listens, and which this"
                  + " user may use"));
    }
  }

  private InetAddress resolved() {
    try {
      return host.equals(ALL) ? new InetSocketAddress(0).getAddress() : InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw wrongHost();
    }
  }

  private ConfigurationException wrongHost() {
    return new ConfigurationException(
        List.of(
            SettingKey.HTTP_HOST.key()
                + ": '"
                + LogText.of(host)
                + "' was given; allowed is an address of this machine, or * for all of them"));
  }

  private static boolean canListen(InetAddress address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(address, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
