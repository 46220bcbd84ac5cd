package dev.landfall.engine.instance;

import dev.landfall.api.Bytes;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a database is known by until it is emptied or set back to an earlier state. All nodes over
 * it agree. A client that meets another epoch than before cannot conclude from what the server does
 * not know any more that somebody wanted it so.
 *
 * <p>A database cannot tell that it was set back: it is then as it was. Clients can, by a clock
 * from the time that is lost. Whoever sees one calls {@link #setBack}, which counts once for each
 * start of a node, as anybody can make up a clock. Safe for concurrent use.
 */
public final class StoreEpoch {
  private static final String KIND = "epoch";
  private static final String NAME = "store";

  private final Directory directory;
  private final Supplier<String> fresh;
  private final DirectoryRecord atStart;

  /**
   * The epoch of the database that {@code directory} is in, made if there is none.
   *
   * @param fresh makes a text that was never an epoch
   */
  public StoreEpoch(Directory directory, Supplier<String> fresh) {
    this.directory = directory;
    this.fresh = fresh;
    this.atStart = stored();
  }

  /** The epoch, 1 or more visible ASCII characters; it means nothing else. */
  public String current() {
    return stored().content().utf8();
  }

  /**
   * Somebody holds a clock of this database that it does not know.
   *
   * @return whether another epoch has begun by it
   */
  public boolean setBack() {
    boolean isFirst = stored().equals(atStart); // without asking the store to write each time
    return isFirst && directory.write(record(atStart.version() + 1));
  }

  private DirectoryRecord stored() {
    while (true) {
      Optional<DirectoryRecord> known = directory.find(KIND, NAME);
      if (known.isPresent()) {
        return known.get();
      }
      directory.write(record(1)); // or another node has
    }
  }

  private DirectoryRecord record(long version) {
    return new DirectoryRecord(KIND, NAME, version, Bytes.utf8(fresh.get()));
  }
}
