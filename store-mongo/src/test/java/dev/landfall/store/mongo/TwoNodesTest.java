package dev.landfall.store.mongo;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.CommitLogContract;
import dev.landfall.store.tck.CrashContract;
import dev.landfall.store.tck.DirectoryContract;
import dev.landfall.store.tck.ForeignContract;
import dev.landfall.store.tck.PurgeContract;
import dev.landfall.store.tck.ScanContract;
import dev.landfall.store.tck.SearchContract;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two nodes on one database, asked in turn: what one has acknowledged, the other shows. */
class TwoNodesTest
    implements CommitLogContract,
        ForeignContract,
        SearchContract,
        ScanContract,
        PurgeContract,
        DirectoryContract,
        CrashContract {
  private TestDatabase database;
  private StoreBackend nodes;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    nodes = new Nodes(database.open(), database.open(), new AtomicInteger());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  public StoreBackend backend() {
    return nodes;
  }

  /** Changes the node after every second call, since many calls come in pairs. */
  private record Nodes(StoreBackend one, StoreBackend other, AtomicInteger calls)
      implements StoreBackend {
    private StoreBackend next() {
      return calls.getAndIncrement() / 2 % 2 == 0 ? one : other;
    }

    @Override
    public ApplicationStore application(ApplicationName application) {
      return next().application(application);
    }

    @Override
    public Set<ApplicationName> applications() {
      return next().applications();
    }

    @Override
    public Directory directory() {
      return next().directory();
    }

    @Override
    public void check() {
      next().check();
    }

    @Override
    public void close() {
      one.close();
      other.close();
    }
  }
}
