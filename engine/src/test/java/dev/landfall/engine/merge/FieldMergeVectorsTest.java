package dev.landfall.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.Vectors;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FieldMergeVectorsTest {
  private static final UserId ALICE = new UserId("alice");
  private static final DocumentId PLAN =
      new DocumentId(ALICE, new CollectionName("plans"), new DocumentKey("plan"));
  private static final HybridTimestamp FIRST =
      HybridTimestamp.parse("0019ab697e800-000001-srv.e.s");
  private static final HybridTimestamp SECOND =
      HybridTimestamp.parse("0019ab697e900-000000-srv.e.s");
  private static final HybridTimestamp THIRD =
      HybridTimestamp.parse("0019ab697e900-000001-srv.e.s");

  @Test
  void mergingAgreesWithTheVectors() {
    for (JsonObject vector : Vectors.read("field-merge")) {
      JsonObject base = Vectors.object(vector, "base");
      Map<String, HybridTimestamp> baseClocks = new LinkedHashMap<>();
      base.members()
          .keySet()
          .forEach(
              name -> baseClocks.put(name, HybridTimestamp.parse("0019ab697e800-000000-base")));
      JsonObject remote = Vectors.object(vector, "remote");
      JsonObject local = Vectors.object(vector, "local");
      MergeOutcome created =
          merge(
              Optional.empty(),
              History.NONE,
              ClientCopy.of(base, baseClocks, HybridTimestamp.ZERO),
              FIRST);
      History history = history(History.NONE, created);
      MergeOutcome theirs =
          merge(
              created.document(),
              history,
              ClientCopy.of(
                  Vectors.object(remote, "doc"), Vectors.clocks(remote, "fieldRevs"), FIRST),
              SECOND);

      MergeOutcome ours =
          merge(
              theirs.document(),
              history(history, theirs),
              ClientCopy.of(
                  Vectors.object(local, "doc"), Vectors.clocks(local, "fieldRevs"), FIRST),
              THIRD);

      assertThat(theirs.conflicts()).isEmpty();
      assertThat(ours.document().orElseThrow().fields())
          .describedAs("%s", vector)
          .isEqualTo(Vectors.object(vector, "merged"));
      List<JsonValue> conflicts =
          ours.conflicts().stream().map(Conflict::toJson).map(JsonValue.class::cast).toList();
      assertThat(conflicts)
          .describedAs("%s", vector)
          .containsExactlyInAnyOrderElementsOf(
              ((JsonArray) vector.members().get("conflicts")).values());
    }
  }

  private static MergeOutcome merge(
      Optional<Document> stored, History history, ClientCopy copy, HybridTimestamp commit) {
    return new DocumentMerge(MergeRules.FREE_FORM, ALICE, commit, commit.millis())
        .merge(PLAN, stored, history, copy);
  }

  private static History history(History history, MergeOutcome outcome) {
    return outcome.entry().map(entry -> history.with(entry, Duration.ofDays(30))).orElse(history);
  }
}
