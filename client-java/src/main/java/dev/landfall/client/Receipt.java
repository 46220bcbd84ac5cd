package dev.landfall.client;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** That a change is on the device, and word of its arrival. */
public final class Receipt {
  private final Set<String> names;
  private final CompletableFuture<@Nullable Void> synced;

  Receipt(Set<String> names, CompletableFuture<@Nullable Void> synced) {
    this.names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
    this.synced = synced;
  }

  /** The names of the documents that were changed; none if nothing was. */
  public Set<String> names() {
    return names;
  }

  /**
   * The name of the one document that was changed.
   *
   * @throws IllegalStateException if there is none, or there are several
   */
  public String name() {
    if (names.size() != 1) {
      throw new IllegalStateException(names.size() + " documents were changed");
    }
    return names.iterator().next();
  }

  /** Has completed: a change is on this device when there is a receipt of it. */
  public CompletableFuture<@Nullable Void> whenSaved() {
    return CompletableFuture.completedFuture(null);
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
