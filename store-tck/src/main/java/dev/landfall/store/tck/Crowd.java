package dev.landfall.store.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** Threads that start at the same moment. What goes wrong in one of them fails the test. */
public final class Crowd {
  private static final long PATIENCE_SECONDS = 120;

  private final int size;

  private Crowd(int size) {
    this.size = size;
  }

  /** A crowd of {@code size}. */
  public static Crowd of(int size) {
    return new Crowd(size);
  }

  /** Runs {@code work} once in every thread, with the number of the thread from 0, and waits. */
  public void each(IntConsumer work) {
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      CountDownLatch start = new CountDownLatch(size);
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int number = i;
        tasks.add(
            () -> {
              start.countDown();
              start.await();
              work.accept(number);
              return null;
            });
      }
      List<Future<Void>> futures = new ArrayList<>();
      for (Callable<Void> task : tasks) {
        futures.add(threads.submit(task));
      }
      for (Future<Void> future : futures) {
        future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (ExecutionException e) {
      throw new AssertionError("one of the crowd failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("one of the crowd hangs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
