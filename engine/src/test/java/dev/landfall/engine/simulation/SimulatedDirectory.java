package dev.landfall.engine.simulation;

import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.util.List;
import java.util.Optional;

/** The directory as one run of one server node reaches it. */
record SimulatedDirectory(Directory directory, SimulatedStore.Calls calls) implements Directory {
  @Override
  public Optional<DirectoryRecord> find(String kind, String name) {
    return calls.call("find " + kind, () -> directory.find(kind, name));
  }

  @Override
  public boolean write(DirectoryRecord record) {
    return calls.call("write " + record.kind(), () -> directory.write(record));
  }

  @Override
  public boolean remove(String kind, String name, long version) {
    return calls.call("remove " + kind, () -> directory.remove(kind, name, version));
  }

  @Override
  public List<DirectoryRecord> list(String kind, String after, int limit) {
    return calls.call("list " + kind, () -> directory.list(kind, after, limit));
  }
}
