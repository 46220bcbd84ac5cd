package dev.landfall.store.memory;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A database in the heap. It ends with {@link #close()} or with the process. */
public final class MemoryBackend implements StoreBackend {
  private final HeapBudget budget;
  private final ConcurrentMap<ApplicationName, MemoryApplication> applications =
      new ConcurrentHashMap<>();
  private final MemoryDirectory directory;
  private volatile boolean closed;

  /** An empty database that may take half of the heap. */
  public MemoryBackend() {
    this(Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * An empty database.
   *
   * @param maxBytes of heap it may take, by estimate; a write beyond it fails and changes nothing
   */
  public MemoryBackend(long maxBytes) {
    budget = new HeapBudget(maxBytes);
    directory = new MemoryDirectory(budget);
  }

  @Override
  public ApplicationStore application(ApplicationName application) {
    return applications.computeIfAbsent(application, name -> new MemoryApplication(budget));
  }

  @Override
  public Set<ApplicationName> applications() {
    return Set.copyOf(applications.keySet());
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public void check() {
    if (closed) {
      throw new StoreUnavailableException("check: the memory store is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    applications.clear();
  }
}
