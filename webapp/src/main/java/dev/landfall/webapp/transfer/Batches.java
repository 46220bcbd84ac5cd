package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.engine.transfer.Importing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Gathers what belongs to an application until it is enough for a commit. */
final class Batches<T> {
  private static final long MAX_BYTES = 1024 * 1024;

  private final BiConsumer<ApplicationName, List<T>> commit;
  private final Map<ApplicationName, List<T>> waiting = new LinkedHashMap<>();
  private long bytes;

  /** Nothing gathered yet. */
  Batches(BiConsumer<ApplicationName, List<T>> commit) {
    this.commit = commit;
  }

  void add(ApplicationName application, T one, long size) {
    List<T> batch = waiting.computeIfAbsent(application, name -> new ArrayList<>());
    batch.add(one);
    bytes += size;
    if (bytes >= MAX_BYTES) {
      flush();
    } else if (batch.size() == Importing.BATCH) {
      waiting.remove(application);
      commit.accept(application, batch);
    }
  }

  void flush() {
    waiting.forEach(commit);
    waiting.clear();
    bytes = 0;
  }
}
