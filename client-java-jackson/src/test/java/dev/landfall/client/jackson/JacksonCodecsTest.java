package dev.landfall.client.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.client.Codec;
import dev.landfall.client.Connection;
import dev.landfall.client.Query;
import dev.landfall.client.SyncedCollection;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of values of an application in documents, and back. */
class JacksonCodecsTest {
  /** How often. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  public sealed interface Repeat permits Never, Every {}

  /** Once. */
  @JsonTypeName("never")
  public record Never() implements Repeat {}

  /** Again and again. */
  @JsonTypeName("every")
  public record Every(int days) implements Repeat {}

  /** A document. */
  public record Task(
      String title,
      boolean done,
      LocalDate due,
      Instant made,
      BigDecimal price,
      List<String> tags,
      Repeat repeat) {}

  private static final Task MILK =
      new Task(
          "Milk",
          false,
          LocalDate.of(2026, 12, 24),
          Instant.parse("2026-11-30T12:00:00Z"),
          new BigDecimal("1.20"),
          List.of("food"),
          new Every(7));

  private final Codec<Task> codec = new JacksonCodecs().of(Task.class);

  @Test
  void aRecordWithDatesAndASealedTypeIsADocumentAndBack() throws Exception {
    JsonObject document = codec.encode(MILK);

    assertThat(document)
        .isEqualTo(
            JsonText.parse(
                "{\"title\":\"Milk\",\"done\":false,\"due\":\"2026-12-24\","
                    + "\"made\":\"2026-11-30T12:00:00Z\",\"price\":1.20,\"tags\":[\"food\"],"
                    + "\"repeat\":{\"type\":\"every\",\"days\":7}}"));
    assertThat(codec.decode(document)).isEqualTo(MILK);
  }

  @Test
  void whatADocumentHasBesidesIsPassedOver() {
    JsonObject.Builder more = JsonObject.builder();
    codec.encode(MILK).members().forEach(more::put);

    assertThat(codec.decode(more.put("colour", "red").build())).isEqualTo(MILK);
  }

  @Test
  void whatIsNoSuchDocumentIsAnIllegalArgument() {
    JsonObject wrong = JsonObject.builder().put("due", "tomorrow").build();

    assertThatThrownBy(() -> codec.decode(wrong)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCollectionFindsTheCodecOfAClass() {
    try (Connection connection =
        Connection.builder(URI.create("http://127.0.0.1:1"), "planner").connect()) {
      SyncedCollection<Task> tasks = connection.collection("tasks", Task.class);

      String key = tasks.put(MILK).name();
      Query<Task> christmas =
          tasks.where(Task::due).lte(LocalDate.of(2026, 12, 24)).and("repeat.days").gt(5);

      assertThat(tasks.find(christmas).found()).containsEntry(key, MILK);
    }
  }
}
