package dev.landfall.engine.commit;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.clock.ServerNode;
import java.util.Optional;

/**
 * Which clocks this application has handed out. A clock of another epoch, of another scope or from
 * the future was not; who sends one starts again at zero. Safe for concurrent use.
 */
public final class Cursors {
  private static final int MAX_EPOCHS = 1_000;

  private final ApplicationStore store;
  private final RecentlyUsed<String, HybridTimestamp> lastOfEpoch = new RecentlyUsed<>(MAX_EPOCHS);

  public Cursors(ApplicationStore store) {
    this.store = store;
  }

  /**
   * Whether {@code clock} was handed out for {@code scope}.
   *
   * @param tip as just read
   */
  public boolean isIssued(HybridTimestamp clock, String scope, Tip tip) {
    Optional<ServerNode> node = ServerNode.of(clock);
    return node.isPresent() && node.get().isIn(scope) && isOfThisLog(clock, tip);
  }

  /**
   * Why a pull cannot go on from {@code clock}; empty if it can. A clock that was handed out to
   * somebody else, or of another collection, is no sign that anything was lost here: whoever holds
   * it must not be asked to bring what belongs there.
   *
   * @param tip as just read
   */
  public Optional<Resync> unusable(HybridTimestamp clock, String scope, Tip tip) {
    if (clock.isZero() || isIssued(clock, scope, tip)) {
      return Optional.empty();
    }
    return Optional.of(isOfThisLog(clock, tip) ? Resync.PURGED : Resync.RESTORED);
  }

  /** Whether {@code clock} was handed out for whatever scope of this log. */
  public boolean isOfThisLog(HybridTimestamp clock, Tip tip) {
    Optional<ServerNode> node = ServerNode.of(clock);
    if (node.isEmpty() || isLater(clock, tip.clock())) {
      return false;
    }
    String epoch = node.get().epoch();
    if (ServerNode.of(tip.clock()).map(ServerNode::epoch).equals(Optional.of(epoch))) {
      return true;
    }
    Optional<HybridTimestamp> known = lastOfEpoch.get(epoch);
    if (known.isEmpty() || isLater(clock, known.get())) {
      known = store.lastOfEpoch(epoch);
      known.ifPresent(last -> lastOfEpoch.put(epoch, last));
    }
    return known.isPresent() && !isLater(clock, known.get());
  }

  /**
   * Whether {@code clock} looks like one of a server but was not handed out for {@code scope}: what
   * its holder knows is not what this server knows.
   */
  public boolean isForeign(HybridTimestamp clock, String scope, Tip tip) {
    return ServerNode.isServer(clock) && !isIssued(clock, scope, tip);
  }

  private static boolean isLater(HybridTimestamp a, HybridTimestamp b) {
    return a.millis() != b.millis() ? a.millis() > b.millis() : a.sequence() > b.sequence();
  }
}
