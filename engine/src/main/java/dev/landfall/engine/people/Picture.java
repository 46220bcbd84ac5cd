package dev.landfall.engine.people;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * A picture of somebody: where it is, or itself. None that could run a script, as SVG can.
 *
 * @param url {@code https:} of at most 2,048 ASCII characters, or {@code data:} with PNG, JPEG, GIF
 *     or WebP in base64 of at most 16 KiB
 */
public record Picture(String url) {
  private static final int MAX_ADDRESS = 2_048;
  private static final int MAX_DATA = 16 * 1024;
  private static final Pattern DATA =
      Pattern.compile("data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}");

  public Picture {
    boolean allowed =
        url.startsWith("data:")
            ? url.length() <= MAX_DATA && DATA.matcher(url).matches()
            : url.length() <= MAX_ADDRESS && isAddress(url);
    if (!allowed) {
      throw new IllegalArgumentException(
          "must be an https URL of at most "
              + MAX_ADDRESS
              + " characters, or a data URL of a PNG, JPEG, GIF or WebP in base64 of at most "
              + MAX_DATA);
    }
  }

  private static boolean isAddress(String url) {
    try {
      URI uri = new URI(url);
      return "https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && url.chars().allMatch(c -> c > ' ' && c < 0x7f);
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
