package dev.landfall.engine;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.memory.MemoryBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The memory store, and somebody who is told of every call before it is made. */
final class WatchedStore implements StoreBackend {
  private final MemoryBackend store = new MemoryBackend(1L << 30);

  /** The calls since the last {@link #forget}. */
  final List<String> calls = new ArrayList<>();

  /** The documents that were asked for since then. */
  final Set<DocumentId> asked = new HashSet<>();

  private Runnable watcher = () -> {};
  private boolean told;

  void forget() {
    calls.clear();
    asked.clear();
  }

  /** Does something before each call of a search, but for those it makes itself. */
  void before(Runnable next) {
    watcher = next;
  }

  @Override
  public ApplicationStore application(ApplicationName name) {
    ApplicationStore application = store.application(name);
    return (ApplicationStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ApplicationStore.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              if (method.getName().equals("find")) {
                ((Set<?>) arguments[0]).forEach(id -> asked.add((DocumentId) id));
              }
              if (!told) {
                told = true;
                watcher.run();
                told = false;
              }
              try {
                return method.invoke(application, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public Set<ApplicationName> applications() {
    return store.applications();
  }

  @Override
  public Directory directory() {
    return store.directory();
  }

  @Override
  public void check() {
    store.check();
  }

  @Override
  public void close() {
    store.close();
  }
}
