package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.memory.MemoryProvider;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FolderInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What is pushed is pulled, to the letter, over every store that is at hand. */
class ValueFidelityTest {
  private static TestServer memory;
  private static TestServer sqlite;
  private static StoreBackend sqliteStore;
  private static Path folder;
  private static int keys;

  @BeforeContainer
  static void start() throws IOException {
    folder = FolderInMemory.create();
    sqliteStore =
        new SqliteProvider()
            .open(
                new StoreSettings(
                    Map.of(SqliteProvider.FILE, folder.resolve("fidelity.db").toString())));
    memory =
        new TestServer(
            SyncSettings.DEFAULT,
            CollectionDefinition.FREE_FORM,
            new MemoryProvider().open(new StoreSettings(Map.of())));
    sqlite = new TestServer(SyncSettings.DEFAULT, CollectionDefinition.FREE_FORM, sqliteStore);
  }

  @AfterContainer
  static void stop() throws IOException {
    sqliteStore.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Property(tries = 300)
  void whatIsPushedIsPulled(
      @ForAll("documents") JsonObject document, @ForAll("names") String name) {
    String key = "k" + keys++ + name;
    Change change =
        new Change(
            new DocumentKey(key),
            Optional.of(StoredForm.withoutProtocol(document)),
            Map.of(),
            HybridTimestamp.ZERO,
            Optional.empty());
    for (TestServer server : new TestServer[] {memory, sqlite}) {
      HybridTimestamp before = server.pull(HybridTimestamp.ZERO).clock();
      server.push(before, change);

      Answer pull = server.pull(before);

      assertThat(JsonText.print(pull.fields(key)))
          .isEqualTo(JsonText.print(StoredForm.withoutProtocol(document)));
      HybridTimestamp clock = pull.clock();
      server.push(clock, TestServer.delete(key, at(60_000, "d"), clock));
    }
  }

  @Provide
  Arbitrary<JsonObject> documents() {
    return object(2);
  }

  @Provide
  Arbitrary<String> names() {
    return name().filter(name -> name.indexOf(0) < 0);
  }

  private static Arbitrary<String> name() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "",
            "a.b",
            "a%2Eb",
            "$where",
            "__proto__",
            "constructor",
            "toString",
            "é",
            "e\u0301",
            "😀",
            "\uffff",
            "a:b",
            "%",
            "'",
            "\"",
            "\\",
            "\n"),
        Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(6));
  }

  private static Arbitrary<JsonValue> leaf() {
    return Arbitraries.<JsonValue>oneOf(
        Arbitraries.<JsonValue>of(
            JsonNull.NULL,
            JsonBoolean.TRUE,
            JsonNumber.parse("-0"),
            JsonNumber.parse("1.0"),
            JsonNumber.parse("1e2"),
            JsonNumber.parse("9007199254740993"),
            JsonNumber.parse("0.1000"),
            JsonNumber.parse("12345678901234567890123456789.00"),
            new JsonString("\ud800"),
            new JsonString("\u0000\u2028"),
            new JsonString("😀 עברית"),
            JsonObject.EMPTY,
            JsonArray.EMPTY),
        Arbitraries.strings().ofMaxLength(10).map(JsonString::new),
        Arbitraries.bigDecimals().ofScale(4).map(JsonNumber::of));
  }

  private static Arbitrary<JsonObject> object(int depth) {
    Arbitrary<JsonValue> value =
        depth == 0
            ? leaf()
            : Arbitraries.<JsonValue>oneOf(
                leaf(),
                object(depth - 1).map(o -> (JsonValue) o),
                leaf().list().ofMaxSize(3).map(JsonArray::new));
    return Arbitraries.maps(name(), value).ofMaxSize(5).map(JsonObject::of);
  }
}
