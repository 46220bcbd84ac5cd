package dev.landfall.benchmarks;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoreBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A store that counts what is read from it. For one thread. */
final class CountedBackend implements StoreBackend {
  private final StoreBackend store;

  /** Documents that were read. */
  long documents;

  /** Entries of an index that were given. */
  long entries;

  /** Calls of the store. */
  long calls;

  CountedBackend(StoreBackend store) {
    this.store = store;
  }

  void forget() {
    documents = 0;
    entries = 0;
    calls = 0;
  }

  @Override
  public ApplicationStore application(ApplicationName name) {
    ApplicationStore application = store.application(name);
    return (ApplicationStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ApplicationStore.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(application, arguments);
                calls++;
                count(answer);
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void count(Object answer) {
    if (answer instanceof Map<?, ?> found) {
      documents += found.size();
    } else if (answer instanceof FeedPage page) {
      documents += page.items().size();
    } else if (answer instanceof Optional<?> found
        && found.isPresent()
        && found.get() instanceof FoundPage page) {
      entries += page.entries().size();
    }
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
