package dev.landfall.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.api.store.StoreUnavailableException;
import java.util.Map;
import java.util.ServiceLoader;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MongoProviderTest {
  private static final String SECRET = "s3cret";

  private final MongoProvider provider = new MongoProvider();

  @Test
  void itIsFoundByName() {
    assertThat(ServiceLoader.load(StoreProvider.class))
        .extracting(StoreProvider::name)
        .contains("mongo");
  }

  @Test
  void withoutAConnectionStringItDoesNotOpen() {
    assertThatThrownBy(() -> provider.open(new StoreSettings(Map.of())))
        .isInstanceOfSatisfying(
            StoreConfigurationException.class,
            e -> assertThat(e.key()).isEqualTo(MongoProvider.URI));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:27017",
        "http://ann:s3cret@localhost",
        "mongodb://ann:s3cret@",
        "mongodb://ann:s3c/ret@localhost/?w=x=y",
        "mongodb://ann:s3cret@localhost/?authMechanism=NONE"
      })
  void aMalformedConnectionStringIsNotRepeated(String uri) {
    assertThatThrownBy(() -> provider.open(new StoreSettings(Map.of(MongoProvider.URI, uri))))
        .isInstanceOfSatisfying(
            StoreConfigurationException.class,
            e -> {
              assertThat(e.key()).isEqualTo(MongoProvider.URI);
              assertThat(e.getMessage()).doesNotContain(SECRET).doesNotContain("ann");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a b", "$a", "a/b"})
  void aDatabaseThatCannotBeCalledSoIsRefused(String name) {
    StoreSettings settings =
        new StoreSettings(
            Map.of(MongoProvider.URI, "mongodb://localhost", MongoProvider.DATABASE, name));

    assertThatThrownBy(() -> provider.open(settings))
        .isInstanceOfSatisfying(
            StoreConfigurationException.class,
            e -> assertThat(e.key()).isEqualTo(MongoProvider.DATABASE));
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithoutThePassword() {
    String uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200";

    assertThatThrownBy(() -> provider.open(new StoreSettings(Map.of(MongoProvider.URI, uri))))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasNoCause();

    String secret = "mongodb://ann:s3cret@127.0.0.1:1/?serverSelectionTimeoutMS=200";
    assertThatThrownBy(() -> provider.open(new StoreSettings(Map.of(MongoProvider.URI, secret))))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void aDatabaseOfANewerVersionIsLeftAlone() {
    try (TestDatabase database = TestDatabase.create()) {
      database.open();
      database
          .collections()
          .meta()
          .updateOne(
              new Document("_id", "schema"), new Document("$set", new Document("version", 99)));

      assertThatThrownBy(database::open)
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("99");
    }
  }

  @Test
  void aDatabaseThatIsOnlyHalfMadeIsFinished() {
    try (TestDatabase database = TestDatabase.create()) {
      database.open();
      database.collections().meta().deleteMany(new Document());

      database.open();

      assertThat(database.collections().meta().countDocuments()).isEqualTo(1);
    }
  }
}
