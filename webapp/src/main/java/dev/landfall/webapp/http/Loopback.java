package dev.landfall.webapp.http;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of this machine that no name server and no other machine can stand behind. */
public final class Loopback {
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private Loopback() {}

  /** Whether a host is one of them, by the name alone. */
  public static boolean isName(@Nullable String host) {
    return host != null && NAMES.contains(host.toLowerCase(Locale.ROOT));
  }

  /** The same for the header {@code Host}, which may have a port. */
  public static boolean isHost(@Nullable String header) {
    return header != null && isName(header.strip().replaceFirst(":[0-9]{0,5}$", ""));
  }
}
