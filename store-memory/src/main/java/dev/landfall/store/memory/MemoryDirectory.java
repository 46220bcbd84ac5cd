package dev.landfall.store.memory;

import dev.landfall.api.CodePointOrder;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The directory; one lock, held for the length of a map access. */
final class MemoryDirectory implements Directory {

  private final HeapBudget budget;
  private final Map<String, NavigableMap<String, DirectoryRecord>> kinds = new HashMap<>();

  MemoryDirectory(HeapBudget budget) {
    this.budget = budget;
  }

  @Override
  public synchronized Optional<DirectoryRecord> find(String kind, String name) {
    NavigableMap<String, DirectoryRecord> records = kinds.get(kind);
    return records == null ? Optional.empty() : Optional.ofNullable(records.get(name));
  }

  @Override
  public synchronized boolean write(DirectoryRecord record) {
    NavigableMap<String, DirectoryRecord> records =
        kinds.computeIfAbsent(record.kind(), kind -> new TreeMap<>(CodePointOrder.OF_NAMES));
    DirectoryRecord stored = records.get(record.name());
    if (version(stored) != record.version() - 1) {
      return false;
    }
    budget.take(
        "write to the directory",
        HeapBudget.of(record) - (stored == null ? 0 : HeapBudget.of(stored)));
    records.put(record.name(), record);
    return true;
  }

  @Override
  public synchronized boolean remove(String kind, String name, long version) {
    NavigableMap<String, DirectoryRecord> records = kinds.get(kind);
    DirectoryRecord stored = records == null ? null : records.get(name);
    if (records == null || stored == null || stored.version() != version) {
      return false;
    }
    records.remove(name);
    budget.take("remove from the directory", -HeapBudget.of(stored));
    return true;
  }

  @Override
  public synchronized List<DirectoryRecord> list(String kind, String after, int limit) {
    NavigableMap<String, DirectoryRecord> records = kinds.get(kind);
    if (records == null) {
      return List.of();
    }
    List<DirectoryRecord> found = new ArrayList<>();
    for (DirectoryRecord record : records.tailMap(after, false).values()) {
      if (found.size() == limit) {
        break;
      }
      found.add(record);
    }
    return found;
  }

  private static long version(@Nullable DirectoryRecord record) {
    return record == null ? 0 : record.version();
  }
}
