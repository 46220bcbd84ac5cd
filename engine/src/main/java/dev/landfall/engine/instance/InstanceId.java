package dev.landfall.engine.instance;

import dev.landfall.api.Bytes;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which server a client talks to: all nodes over one database are one server, under whatever
 * address, and a database that was emptied is another. Clients compare it and know no more of it.
 *
 * @param value 1 to 128 visible ASCII characters
 */
public record InstanceId(String value) {
  /** The most characters. */
  public static final int MAX_LENGTH = 128;

  private static final String KIND = "instance";
  private static final String NAME = "id";

  public InstanceId {
    if (!value.matches("[!-~]{1," + MAX_LENGTH + "}")) {
      throw new IllegalArgumentException(
          "an instance id has 1 to " + MAX_LENGTH + " visible ASCII characters");
    }
  }

  /**
   * The id of the database that {@code directory} is in. It is made once for each database: of
   * several nodes that start at once the first to write it decides.
   *
   * @param fresh makes an id that no other database has
   */
  public static InstanceId of(Directory directory, Supplier<InstanceId> fresh) {
    while (true) {
      Optional<DirectoryRecord> known = directory.find(KIND, NAME);
      if (known.isPresent()) {
        return read(known.get());
      }
      directory.write(record(1, fresh.get()));
    }
  }

  /** Gives the database that {@code directory} is in the id that somebody wants it to have. */
  public static void set(Directory directory, InstanceId wanted) {
    while (true) {
      Optional<DirectoryRecord> known = directory.find(KIND, NAME);
      if (known.map(InstanceId::read).equals(Optional.of(wanted))
          || directory.write(record(known.map(DirectoryRecord::version).orElse(0L) + 1, wanted))) {
        return;
      }
    }
  }

  private static InstanceId read(DirectoryRecord record) {
    return new InstanceId(record.content().utf8());
  }

  private static DirectoryRecord record(long version, InstanceId id) {
    return new DirectoryRecord(KIND, NAME, version, Bytes.utf8(id.value()));
  }

  @Override
  public String toString() {
    return value;
  }
}
