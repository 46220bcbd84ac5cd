package dev.landfall.webapp.invitation;

import dev.landfall.engine.directory.LinkToken;
import dev.landfall.webapp.http.Loopback;
import java.net.URI;

/**
 * Where whoever is invited reads of it.
 *
 * @param pattern an address with {@link #TOKEN} in it
 */
public record InvitationAddress(String pattern) {
  /** What the token takes the place of. */
  public static final String TOKEN = "{token}";

  /**
   * Reads an address of a page.
   *
   * @throws IllegalArgumentException if it has no token, or whoever is on the way could read it
   */
  public static InvitationAddress parse(String pattern) {
    URI uri = URI.create(pattern.replace(TOKEN, "token"));
    boolean safe =
        "https".equals(uri.getScheme())
            || ("http".equals(uri.getScheme()) && Loopback.isName(uri.getHost()));
    if (!pattern.contains(TOKEN) || !safe || uri.getHost() == null) {
      throw new IllegalArgumentException("is no address with " + TOKEN);
    }
    return new InvitationAddress(pattern);
  }

  /** The route of this server, where browsers reach it. */
  public static InvitationAddress at(String base) {
    return new InvitationAddress(base + "/invitations/" + TOKEN);
  }

  /** The address of one invitation. */
  String of(LinkToken token) {
    return pattern.replace(TOKEN, token.text());
  }
}
