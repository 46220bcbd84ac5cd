package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.START;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices are called anything that can be printed, quotation marks and backslashes included. */
class DeviceNameTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private final TestServer server = new TestServer();

  private static HybridTimestamp at(long offset, String device) {
    return new HybridTimestamp(START + offset, 0, device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"my device", "a@b.c", "say \"hi\"", "C:\\x\\", "{}", "'", "<b>", "~ "})
  void everythingThatIsKeptOfAnEditKeepsWhoMadeIt(String device) {
    HybridTimestamp edit = at(1, device);
    Answer created =
        server.push(
            ZERO, edit("plan", "{'a':'x','b':{'c':1}}", Map.of("a", edit, "b", edit), ZERO));
    HybridTimestamp base = created.clock();
    assertThat(created.fieldClock("plan", "a")).isEqualTo(edit);

    server.push(
        base, edit("plan", "{'a':'y'}", Map.of("a", at(2, device), "b", at(2, device)), base));
    Answer conflict =
        server.push(base, edit("plan", "{'a':'z','b':{'c':1}}", Map.of("a", at(3, "other")), base));
    assertThat(server.pull(ZERO).fieldClock("plan", "b.c")).isEqualTo(at(2, device));
    assertThat(conflict.conflicts()).extracting(Conflict::remoteRevision).contains(at(2, device));

    Answer deleted = server.push(base, delete("plan", at(4, device), conflict.clock()));
    assertThat(deleted.fieldClock("plan", "a")).isEqualTo(at(4, device));
    Answer late = server.push(base, edit("plan", "{'a':'late'}", Map.of("a", at(3, device)), base));
    assertThat(late.isTombstone("plan")).isTrue();
    Answer back = server.push(base, edit("plan", "{'a':'back'}", Map.of("a", at(5, device)), base));
    assertThat(back.fields("plan")).hasToString("{\"a\":\"back\"}");
    assertThat(
            server
                .engine()
                .history(TODO, ALICE, ALICE, TestServer.id("plan"), Optional.empty(), 10)
                .versions())
        .hasSizeGreaterThan(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"say \"hi\"", "C:\\x\\"})
  void mergedValuesToo(String device) {
    TestServer counting =
        new TestServer(
            SyncSettings.DEFAULT,
            new CollectionDefinition(
                DocumentSchema.NONE,
                new MergeStrategies(Map.of(new LeafPath("n"), MergeStrategy.COUNTER))));
    HybridTimestamp base =
        counting
            .push(ZERO, edit("plan", "{'n':1,'t':'a'}", Map.of("n", at(1, device)), ZERO))
            .clock();
    counting.push(base, edit("plan", "{'n':2,'t':'a'}", Map.of("n", at(2, device)), base));
    counting.push(base, edit("plan", "{'n':3,'t':'a'}", Map.of("n", at(3, "other")), base));
    counting.push(base, delete("plan", at(2, device), base));

    assertThat(counting.pull(ZERO).fields("plan").get("n")).hasToString("4");
  }
}
