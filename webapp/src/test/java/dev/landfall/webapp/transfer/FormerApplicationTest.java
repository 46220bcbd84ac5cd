package dev.landfall.webapp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.webapp.http.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of documents of an application that the operator has taken away. */
class FormerApplicationTest {
  private static final UserId ALICE = new UserId("alice");
  private static final ApplicationName KEPT = new ApplicationName("kept");
  private static final ApplicationName FORMER = new ApplicationName("former");
  private static final CollectionName ITEMS = new CollectionName("items");
  private static final long NOW = 1_764_000_000_000L;

  private final MemoryBackend store = new MemoryBackend(1L << 30);
  private final SyncEngine before = engine(KEPT, FORMER);
  private final SyncEngine now = engine(KEPT);

  private SyncEngine engine(ApplicationName... names) {
    return new SyncEngine(
        store,
        Stream.of(names).map(name -> new ApplicationDefinition(name, "", Map.of())).toList(),
        SyncSettings.DEFAULT,
        () -> Instant.ofEpochMilli(NOW),
        new Random(names.length),
        EngineObserver.NONE);
  }

  private void write(ApplicationName application, String key) {
    JsonObject fields = JsonObject.builder().put("title", "milk").build();
    HybridTimestamp clock = new HybridTimestamp(NOW, 0, "phone");
    Change change =
        new Change(
            new DocumentKey(key),
            Optional.of(fields),
            Map.of("title", clock),
            HybridTimestamp.ZERO,
            Optional.empty());
    before.sync(
        application, ALICE, ALICE, SyncRequest.push(ITEMS, HybridTimestamp.ZERO, List.of(change)));
  }

  private ExportSource source(UserId user) {
    return new ExportSource(
        now, user, "user", JsonObject.EMPTY, ExportSource.Members.NONE, () -> {});
  }

  private static String text(Answer answer) throws IOException {
    JsonWriter json = new JsonWriter();
    answer.writeTo(
        new Answer.Sink() {
          @Override
          public JsonWriter json() {
            return json;
          }

          @Override
          public void endOfPiece() {}
        });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    json.drainTo(out);
    return out.toString(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void itsDocumentsAreExported() throws Exception {
    write(KEPT, "a");
    write(FORMER, "b");

    JsonObject export = (JsonObject) JsonText.parse(text(new JsonExport(source(ALICE))));

    JsonObject docs = (JsonObject) export.get("docs");
    assertThat(docs.members()).containsOnlyKeys("former", "kept");
    assertThat(docs.get("former").toString()).contains("\"_key\":\"b\"");
    assertThat(export.get("docIndex").toString()).contains("\"app\":\"former\"");
    assertThat(text(new LinesExport(source(ALICE)))).contains("\"app\":\"former\"", "\"docs\":2");
    assertThat(text(new CsvExport(source(ALICE), FORMER, ITEMS))).contains("milk");
  }

  @Test
  void onlyWhoHasDocumentsThereHearsOfIt() {
    write(FORMER, "b");

    assertThat(source(ALICE).knows(FORMER)).isTrue();
    assertThat(source(new UserId("bob")).knows(FORMER)).isFalse();
    assertThat(source(ALICE).knows(new ApplicationName("never"))).isFalse();
    assertThat(source(new UserId("bob")).knows(KEPT)).isTrue();
  }

  @Test
  void anImportLeavesThemOutAndFindsOtherNamesWrong() {
    ImportCheck check = new ImportCheck(Map.of(), Set.of(FORMER), ALICE, "user");
    JsonObject document = JsonObject.builder().put("_key", new JsonString("b")).build();

    check.document("docs.former.items[0]", "former", "items", document);

    assertThatThrownBy(() -> check.document("docs.never.items[0]", "never", "items", document))
        .isInstanceOf(SyncException.class)
        .hasMessageContaining("there is no such application");
  }
}
