package dev.landfall.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** That a change is on the device, and word of its arrival. */
public final class Receipt {
  private final CompletableFuture<@Nullable Void> synced;

  Receipt(CompletableFuture<@Nullable Void> synced) {
    this.synced = synced;
  }

  /**
   * Completes when the server has it, or has something later of this device in its place. Fails
   * with a {@link ChangeRefusedException} if it went to the inbox, and with a {@link
   * java.util.concurrent.CancellationException} if the connection is closed before; it is still
   * sent by the next one then.
   */
  public CompletableFuture<@Nullable Void> whenSynced() {
    return synced.copy();
  }
}
