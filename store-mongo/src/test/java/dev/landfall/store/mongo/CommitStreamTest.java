package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.MILK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.CommitListener;
import dev.landfall.store.mongo.FaultyServer.Fault;
import dev.landfall.store.tck.Draft;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change stream tells of other nodes' commits, and what becomes of one that fails. */
class CommitStreamTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final Duration SOON = Duration.ofMillis(20);

  private final FaultyServer server = new FaultyServer();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final Logger logger = Logger.getLogger(CommitStream.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final CommitListener listener =
      new CommitListener() {
        @Override
        public void begun() {
          heard.add("begun");
        }

        @Override
        public void committed(ApplicationName application, long number) {
          heard.add(application.value() + " " + number);
        }

        @Override
        public void ended() {
          heard.add("ended");
        }
      };

  private TestDatabase database = TestDatabase.withChangeStreams(server);
  private CommitStream stream;
  private Thread thread = new Thread(() -> {});

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void close() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
    server.faults((number, request) -> Fault.NONE);
    if (stream != null) {
      stream.close();
    }
    database.close();
  }

  private void follow(String epoch) {
    stream = new CommitStream(database.collections().log(), SOON);
    run(() -> stream.follow(epoch, listener));
  }

  private void run(Runnable following) {
    thread = new Thread(following, "follower");
    thread.start();
  }

  private String heard() throws InterruptedException {
    String next = heard.poll(60, TimeUnit.SECONDS);
    assertThat(next).as("something is heard").isNotNull();
    return next;
  }

  private static boolean isOfStream(String request) {
    return request.equals("aggregate log") || request.equals("getMore log");
  }

  private static void append(ApplicationStore store, String epoch) {
    Draft.append(store, draft -> draft.epoch(epoch).put(MILK, "milk", ALICE));
  }

  @Test
  void commitsOfOtherNodesAreToldOfAndOnesOwnAreNot() throws Exception {
    database.close();
    database = TestDatabase.createWithChangeStreams();
    MongoBackend node = database.open();
    MongoBackend other = database.open();
    append(other.application(TODO), "theirs");
    run(() -> node.follow("ours", listener));
    assertThat(heard()).isEqualTo("begun");

    append(node.application(TODO), "ours");
    append(other.application(TODO), "theirs");
    append(other.application(new ApplicationName("notes")), "theirs");

    assertThat(heard()).isEqualTo("todo 3");
    assertThat(heard()).isEqualTo("notes 1");
    assertThat(logged).containsExactly("Commits of other nodes: a change stream tells of them");
    node.close();
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(heard()).isEqualTo("ended");
    assertThat(heard).isEmpty();
  }

  @Test
  void whichFeedsHaveChangedIsKnownOfCommitsThatAreKnown() {
    MongoBackend node = database.open();
    ApplicationStore other = database.open().application(TODO);
    append(other, "theirs");
    append(other, "theirs");

    assertThat(node.changed(TODO, 0)).isEmpty();
    node.application(TODO).tip();
    assertThat(node.changed(TODO, 1)).contains(Set.of(ALICES_TASKS));
    assertThat(node.changed(TODO, 2)).contains(Set.of());
  }

  @Test
  void aServerWithoutChangeStreamsIsAskedAgainAndSaidOnce() throws Exception {
    database.close();
    AtomicInteger asked = new AtomicInteger();
    FaultyServer without = new FaultyServer();
    without.faults(
        (number, request) -> {
          if (isOfStream(request)) {
            asked.incrementAndGet();
            heard.add("asked");
          }
          return Fault.NONE;
        });
    database = TestDatabase.on(without);
    database.open();

    follow("ours");

    for (int i = 0; i < 3; i++) {
      assertThat(heard()).isEqualTo("asked");
    }
    stream.close();
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(logged).hasSize(1);
    assertThat(logged.element())
        .startsWith("Commits of other nodes: there is no change stream (Mongo")
        .doesNotContain("127.0.0.1")
        .endsWith("so the end of the log is asked for");
  }

  @Test
  void aStreamThatIsRefusedAtFirstComes() throws Exception {
    database.open();
    server.faults(
        (number, request) -> isOfStream(request) && number <= 3 ? Fault.NOT_PRIMARY : Fault.NONE);

    follow("ours");

    assertThat(heard()).isEqualTo("begun");
  }

  @Test
  void aStreamThatIsCutEndsAndComesBack() throws Exception {
    ApplicationStore other = database.open().application(TODO);
    follow("ours");
    assertThat(heard()).isEqualTo("begun");
    append(other, "theirs");
    assertThat(heard()).isEqualTo("todo 1");

    server.faults((number, request) -> isOfStream(request) ? Fault.CUT_BEFORE : Fault.NONE);
    assertThat(heard()).isEqualTo("ended");
    append(other, "theirs");
    server.faults((number, request) -> Fault.NONE);
    assertThat(heard()).isEqualTo("begun");
    append(other, "theirs");

    assertThat(heard()).isEqualTo("todo 3");
    assertThat(String.join("\n", logged)).doesNotContain("cut").doesNotContain("127.0.0.1");
  }

  @Test
  void aServerThatDoesNotWaitIsNotAskedWithoutPause() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server.faults(
        (number, request) -> {
          if (request.equals("getMore log")) {
            asked.incrementAndGet();
          }
          return Fault.NONE;
        });
    database.open();
    long start = System.nanoTime();
    follow("ours");
    assertThat(heard()).isEqualTo("begun");
    while (asked.get() < 5) {
      Thread.sleep(10);
    }
    stream.close();
    thread.join(60_000);

    long most = (System.nanoTime() - start) / CommitStream.PAUSE.toNanos() + 1;
    assertThat((long) asked.get()).isLessThanOrEqualTo(most);
  }

  @Test
  void whoFollowsAClosedStoreReturnsAtOnce() {
    MongoBackend node = database.open();
    node.close();

    node.follow("ours", listener);

    assertThat(List.copyOf(heard)).isEmpty();
  }
}
