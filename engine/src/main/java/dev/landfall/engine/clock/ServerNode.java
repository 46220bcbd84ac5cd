package dev.landfall.engine.clock;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Principal;
import dev.landfall.api.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The node part of the clocks that servers issue: {@code srv.<epoch>.<scope>}. The epoch is one run
 * of one server node, so that a clock from a lost future (a restored backup, an emptied memory
 * store) is recognised. The scope is a hash of reader and collection, so that a clock is not taken
 * for one of another collection. A scope that starts with {@code ~} stands on a clock that was
 * handed out without being a document's revision; it sorts after every revision of the same
 * instant.
 *
 * @param epoch 1 to 32 lower-case letters and digits
 * @param scope as in the text; empty on a commit without documents
 */
public record ServerNode(String epoch, String scope) {
  private static final String PREFIX = "srv.";
  private static final int SCOPE_LENGTH = 8;
  private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();

  /** Takes the node part of a clock apart; empty if it was not issued by a server. */
  public static Optional<ServerNode> of(HybridTimestamp clock) {
    String node = clock.node();
    if (!isServer(clock)) {
      return Optional.empty();
    }
    int dot = node.indexOf('.', PREFIX.length());
    return dot < 0
        ? Optional.empty()
        : Optional.of(
            new ServerNode(node.substring(PREFIX.length(), dot), node.substring(dot + 1)));
  }

  /** Whether {@code clock} has the look of a server's. */
  public static boolean isServer(HybridTimestamp clock) {
    return clock.node().startsWith(PREFIX);
  }

  /** The scope of one reader's view of a collection: 8 characters, 40 bits of SHA-256. */
  public static String scope(Principal reader, CollectionName collection) {
    byte[] hash =
        Sha256.of(
            reader.text().getBytes(StandardCharsets.UTF_8),
            new byte[] {0},
            collection.value().getBytes(StandardCharsets.UTF_8));
    long bits = 0;
    for (int i = 0; i < 5; i++) {
      bits = bits << 8 | (hash[i] & 0xff);
    }
    char[] text = new char[SCOPE_LENGTH];
    for (int i = 0; i < SCOPE_LENGTH; i++) {
      text[i] = DIGITS[(int) (bits >>> (5 * i)) & 31];
    }
    return new String(text);
  }

  /**
   * {@code clock} as handed out to a reader in {@code scope}: itself if it is a revision in that
   * scope.
   */
  public static HybridTimestamp toCursor(HybridTimestamp clock, String scope) {
    Optional<ServerNode> node = of(clock);
    if (node.isEmpty() || node.get().scope().equals(scope)) {
      return clock;
    }
    return clock.withNode(new ServerNode(node.get().epoch(), "~" + scope).text());
  }

  /** Whether this stands on a clock handed out in {@code scope}. */
  public boolean isIn(String scope) {
    String own = this.scope.startsWith("~") ? this.scope.substring(1) : this.scope;
    return own.equals(scope) || own.startsWith(scope + "~");
  }

  /**
   * {@code clock} as handed out in the middle of a pull from zero, at a place from before the purge
   * horizon. It keeps how far the horizon was, so that the pull can go on as long as nothing more
   * is forgotten.
   */
  public static HybridTimestamp handOutBefore(
      HybridTimestamp clock, String scope, HybridTimestamp horizon) {
    String epoch = of(clock).map(ServerNode::epoch).orElse("0");
    String millis = horizon.toString().substring(0, 13);
    return clock.withNode(new ServerNode(epoch, "~" + scope + "~" + millis).text());
  }

  /**
   * What {@link #handOutBefore} kept, in milliseconds since the Unix epoch; -1 on any other clock.
   */
  public long horizonMillis() {
    int mark = scope.indexOf('~', 1);
    if (mark < 0) {
      return -1;
    }
    try {
      return Long.parseLong(scope.substring(mark + 1), 16);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The node part. */
  public String text() {
    return PREFIX + epoch + "." + scope;
  }
}
