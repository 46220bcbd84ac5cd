package dev.landfall.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.connection.ClusterType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of a server for each request, whatever the connection string asks for. */
class DatabaseTest {
  /** Nobody answers there, and nobody is asked. */
  private static final String WEAK =
      "mongodb://127.0.0.1:1/?w=1&journal=false&readPreference=secondary&readConcernLevel=local";

  private static List<MongoCollection<?>> collections(MongoClient client, ClusterType topology) {
    Database database = Database.of(client.getDatabase("any"), topology);
    List<MongoCollection<?>> collections = new ArrayList<>();
    for (RecordComponent component : Database.class.getRecordComponents()) {
      try {
        collections.add((MongoCollection<?>) component.getAccessor().invoke(database));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
    return collections;
  }

  @ParameterizedTest
  @EnumSource(
      value = ClusterType.class,
      names = {"REPLICA_SET", "SHARDED", "LOAD_BALANCED"})
  void whereThereAreSeveralAMajorityHasWhatIsAcknowledgedAndRead(ClusterType topology) {
    try (MongoClient client = MongoClients.create(WEAK)) {
      assertThat(collections(client, topology))
          .isNotEmpty()
          .allSatisfy(
              collection -> {
                assertThat(collection.getWriteConcern())
                    .isEqualTo(WriteConcern.MAJORITY.withJournal(true));
                assertThat(collection.getReadConcern()).isEqualTo(ReadConcern.MAJORITY);
                assertThat(collection.getReadPreference()).isEqualTo(ReadPreference.primary());
              });
    }
  }

  @Test
  void aServerAloneHasWhatIsAcknowledgedInItsJournal() {
    try (MongoClient client = MongoClients.create(WEAK)) {
      assertThat(collections(client, ClusterType.STANDALONE))
          .isNotEmpty()
          .allSatisfy(
              collection -> {
                assertThat(collection.getWriteConcern()).isEqualTo(WriteConcern.JOURNALED);
                assertThat(collection.getReadPreference()).isEqualTo(ReadPreference.primary());
              });
    }
  }
}
