package dev.landfall.commands;

import static dev.landfall.commands.Server.ALICE;
import static dev.landfall.commands.Server.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.commands.Server.Told;
import dev.landfall.engine.commit.Resync;
import dev.landfall.store.sqlite.SqliteBackend;
import dev.landfall.store.tck.FolderInMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  @TempDir(factory = FolderInMemory.class)
  private Path folder;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path file;
  private Path backup;

  @BeforeEach
  void nameFiles() {
    file = folder.resolve("landfall.db");
    backup = folder.resolve("backup.db");
  }

  private int run(String... arguments) {
    said.reset();
    try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      return Commands.run(
          List.of(arguments), Map.of("landfall.sqlite.file", file.toString())::get, out, out);
    }
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aBackupIsOfOneMomentOfAServerAtWorkAndASoundDatabase() throws IOException {
    try (StoreBackend store = SqliteBackend.open(file)) {
      Server server = new Server(store, 0);
      server.edit(TODO, ALICE, "milk", "{'title': 'milk'}");

      assertThat(run("backup", "--to", backup.toString())).as(said()).isZero();

      server.edit(TODO, ALICE, "bread", "{'title': 'bread'}");
      store.check();
      assertThat(server.pull(TODO, ALICE, HybridTimestamp.ZERO).documents()).hasSize(2);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");
    assertThat(run("check", "--store", "sqlite:" + backup)).as(said()).isZero();
    assertThat(said()).contains("1 documents, nothing is wrong.");
    assertThat(folder.resolve("backup.db-reserve")).doesNotExist();
    assertThat(run("backup", "--to", backup.toString())).isEqualTo(1);
    assertThat(said()).contains("exists already");
  }

  @Test
  void aRestoredServerIsTheSameInstanceInANewEpochAndSaysSoToDevicesThatKnowMore() {
    Told before;
    Told after;
    try (StoreBackend store = SqliteBackend.open(file)) {
      store.directory().write(new DirectoryRecord("instance", "id", 1, Bytes.utf8("the-one")));
      Server server = new Server(store, 0);
      server.edit(TODO, ALICE, "milk", "{'title': 'milk'}");
      before = server.pull(TODO, ALICE, HybridTimestamp.ZERO);
      assertThat(run("backup", "--to", backup.toString())).as(said()).isZero();
      server.edit(TODO, ALICE, "bread", "{'title': 'bread'}");
      after = server.pull(TODO, ALICE, HybridTimestamp.ZERO);
      assertThat(run("restore", "--from", backup.toString(), "--replace")).isEqualTo(1);
      assertThat(said()).contains("in use by another server");
    }

    assertThat(run("restore", "--from", backup.toString())).isEqualTo(1);
    assertThat(said()).contains("exists already");
    assertThat(run("restore", "--from", backup.toString(), "--replace")).as(said()).isZero();

    assertThat(said()).contains("landfall.db.before-restore");
    try (StoreBackend store = SqliteBackend.open(file)) {
      Server server = new Server(store, 1);
      assertThat(store.directory().find("instance", "id").orElseThrow().content().utf8())
          .isEqualTo("the-one");
      assertThat(server.pull(TODO, ALICE, before.cursor()).resync()).isEmpty();
      Told told = server.pull(TODO, ALICE, after.cursor());
      assertThat(told.resync()).contains(Resync.RESTORED);
      assertThat(told.documents()).isEqualTo(before.documents());
      Told next = server.edit(TODO, ALICE, "eggs", "{'title': 'eggs'}");
      assertThat(next.cursor()).isGreaterThan(after.cursor());
      assertThat(next.cursor().node()).contains(server.epoch());
    }
    assertThat(run("check", "--store", "sqlite:" + folder.resolve("landfall.db.before-restore")))
        .as(said())
        .isZero();
    assertThat(said()).contains("2 documents");
  }

  @Test
  void aBackupThatIsNotSoundIsNotRestored() throws IOException {
    try (StoreBackend store = SqliteBackend.open(file)) {
      new Server(store, 0).edit(TODO, ALICE, "milk", "{'title': 'milk'}");
    }
    Files.writeString(backup, "not a database, but long enough to look like one ".repeat(100));

    assertThat(run("restore", "--from", backup.toString(), "--replace")).isEqualTo(1);

    assertThat(run("check")).as(said()).isZero();
    assertThat(said()).contains("1 documents");
    assertThat(folder.resolve("landfall.db.restoring")).doesNotExist();
  }

  @Test
  void aFileIsCopiedToAnother() {
    try (StoreBackend store = SqliteBackend.open(file)) {
      Server.live(store);
      assertThat(run("copy", "--from", "sqlite:" + file, "--to", "sqlite:" + backup)).isEqualTo(1);
      assertThat(said()).contains("in use by another server");
    }

    assertThat(run("copy", "--from", "sqlite:" + file, "--to=sqlite:" + backup))
        .as(said())
        .isZero();

    assertThat(said()).contains("todo: ").contains("both hold the same");
    assertThat(run("check", "--store", "sqlite:" + backup)).as(said()).isZero();
  }

  @Test
  void everyCommandHasHelpAndTellsWhatIsWrong() {
    for (String command : List.of("backup", "restore", "copy", "check")) {
      assertThat(run(command, "--help")).isZero();
      assertThat(said()).startsWith("Usage: java -jar landfall.jar " + command);
      assertThat(run(command, "--unknown")).isEqualTo(2);
      assertThat(said()).contains("There is no option '--unknown'.").contains("Usage:");
    }
    assertThat(run("backup")).isEqualTo(2);
    assertThat(said()).contains("--to is missing.");
    assertThat(run("backup", "--to")).isEqualTo(2);
    assertThat(said()).contains("--to needs a value.");
    assertThat(run("copy", "--from", "landfall.db", "--to", "x")).isEqualTo(2);
    assertThat(said()).contains("neither sqlite:FILE nor mongodb://HOST/DATABASE");
    assertThat(run("copy", "--from", "mongodb://u:secret@h/", "--to", "x")).isEqualTo(2);
    assertThat(said()).contains("does not name a database").doesNotContain("secret");
    assertThat(run("check", "--store", "sqlite:" + folder.resolve("none.db"))).isEqualTo(1);
    assertThat(said()).contains("There is no file");
    assertThat(folder.resolve("none.db")).doesNotExist();
    assertThat(run("dance")).isEqualTo(2);
  }

  @Test
  void theSettingsOfTheServerSayWhichStoreItIs() {
    Location sqlite = Location.ofSettings(Map.of("landfall.sqlite.file", "/data/landfall.db")::get);
    Location mongo =
        Location.ofSettings(
            Map.of("landfall.store", "mongo", "landfall.mongo.uri", "mongodb://u:secret@h")::get);

    assertThat(sqlite.text()).isEqualTo("sqlite:/data/landfall.db");
    assertThat(mongo.text()).isEqualTo("mongo:landfall");
    assertThat(mongo.settings().get("landfall.mongo.uri")).contains("mongodb://u:secret@h");
    assertThat(Location.parse("mongodb://u:secret@h1,h2:27018/db?replicaSet=rs0").text())
        .isEqualTo("mongodb://…@h1,h2:27018/db");
    assertThat(run("backup", "--from", "mongodb://h/db", "--to", backup.toString())).isEqualTo(1);
    assertThat(said()).contains("backed up by its own tools");
  }
}
