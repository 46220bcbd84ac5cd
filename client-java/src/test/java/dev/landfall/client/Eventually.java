package dev.landfall.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits for what another thread does. */
final class Eventually {
  private static final int SECONDS = Integer.getInteger("landfall.client.patience", 60);

  private Eventually() {}

  /** Looks again and again until it is so. */
  static void eventually(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < SECONDS * 50; i++) {
      if (condition.call()) {
        return;
      }
      Thread.sleep(20);
    }
    assertThat(condition.call()).isTrue();
  }

  static <T> T result(CompletableFuture<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }
}
