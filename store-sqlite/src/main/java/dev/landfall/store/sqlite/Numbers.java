package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Feed;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of namespaces and feeds that were written to of late. For the writer alone, who
 * forgets them when it has removed any, or does not know whether those it gave are in the database.
 */
final class Numbers {
  private static final int MOST = 10_000;

  private final Map<Namespace, Long> namespaces = new Recent<>();
  private final Map<Feed, Long> feeds = new Recent<>();

  record Namespace(Owner owner, CollectionName collection) implements Comparable<Namespace> {
    @Override
    public int compareTo(Namespace other) {
      int order = collection.compareTo(other.collection);
      return order != 0 ? order : owner.text().compareTo(other.owner.text());
    }
  }

  Map<Namespace, Long> namespaces() {
    return namespaces;
  }

  Map<Feed, Long> feeds() {
    return feeds;
  }

  void forget() {
    namespaces.clear();
    feeds.clear();
  }

  private static final class Recent<K> extends LinkedHashMap<K, Long> {
    private static final long serialVersionUID = 1;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, Long> eldest) {
      return size() > MOST;
    }
  }
}
