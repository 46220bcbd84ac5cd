package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.Follower;
import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Servers that speak the protocol of MongoDB and lack something of it, as FerretDB 1.24 does. */
class OtherServersTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  /** A server without some kinds of indexes. */
  private static final class WithoutIndexes extends QuickServer {
    private final Predicate<Document> refused;

    WithoutIndexes(Predicate<Document> refused) {
      this.refused = refused;
    }

    @Override
    public Document handleCommand(
        Channel channel, String database, String command, Document query) {
      if (command.equals("createIndexes")
          && query.get("indexes") instanceof List<?> indexes
          && indexes.stream().map(Document.class::cast).anyMatch(refused)) {
        throw new MongoServerError(238, "NotImplemented", "secret: not implemented yet");
      }
      return super.handleCommand(channel, database, command, query);
    }
  }

  /** A server that answers a command with what no driver can read. */
  private static final class Odd extends QuickServer {
    private volatile String odd = "";

    @Override
    public Document handleCommand(
        Channel channel, String database, String command, Document query) {
      return command.equals(odd)
          ? new Document("ok", 1.0).append("cursor", "none").append("n", "many")
          : super.handleCommand(channel, database, command, query);
    }
  }

  /** What the store logs while {@code work} goes on. */
  private static List<String> logged(Runnable work) {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger(Schema.class.getName());
    log.addHandler(handler);
    try {
      work.run();
    } finally {
      log.removeHandler(handler);
    }
    return lines;
  }

  @Test
  void withoutPartialIndexesTheStoreWorksAndSaysSo() {
    WithoutIndexes server = new WithoutIndexes(it -> it.containsKey("partialFilterExpression"));
    try (TestDatabase database = TestDatabase.on(server)) {
      List<String> lines = logged(database::open);

      assertThat(lines).hasSize(2);
      assertThat(lines.get(0)).contains("documents_deleted").doesNotContain("secret");
      assertThat(lines.get(1)).contains("entries_revoked");
      StoreBackend node = database.open();
      ApplicationStore store = node.application(TODO);
      Draft.append(store, draft -> draft.put(MILK, "1", ALICE, BOB).put(task("x"), "1", ALICE));
      Commit last = Draft.append(store, draft -> draft.delete(MILK, ALICE, BOB));
      assertThat(new Follower(store, 2, ALICES_TASKS).catchUp()).hasSize(2);
      assertThat(store.purge(new HybridTimestamp(last.clock().millis() + 1, 0, "0"), 10))
          .isEqualTo(1);
      assertThat(new Follower(store, 2, ALICES_TASKS).catchUp()).hasSize(1);
    }
  }

  @Test
  void aServerWithoutWhatTheStoreRestsOnIsRefusedByName() {
    WithoutIndexes server = new WithoutIndexes(it -> it.containsKey("unique"));
    try (TestDatabase database = TestDatabase.on(server)) {
      assertThatThrownBy(database::open)
          .isInstanceOfSatisfying(
              StoreConfigurationException.class,
              e -> assertThat(e.key()).isEqualTo(MongoProvider.URI))
          .hasMessageContaining("the unique index 'parts_part'")
          .hasMessageContaining("238")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void anAnswerThatTheDriverCannotReadIsAnUnavailableStore() {
    Odd server = new Odd();
    try (TestDatabase database = TestDatabase.on(server)) {
      StoreBackend node = database.open();
      ApplicationStore store = node.application(TODO);
      Draft.append(store, draft -> draft.put(MILK, "1", ALICE));
      server.odd = "find";

      assertThatThrownBy(store::tip).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> node.directory().find("user", "ann"))
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(database::open).isInstanceOf(StoreUnavailableException.class);

      server.odd = "";
      assertThat(store.tip().number()).isEqualTo(1);
    }
  }
}
