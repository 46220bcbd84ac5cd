package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.transfer.Columns;
import dev.landfall.engine.transfer.FileNames;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.sharing.SharingJson;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A table for each collection, and those of the index and the members, in one archive. */
record CsvArchive(ExportSource source) implements Answer {
  private static final String EXTENSION = ".csv";

  /** What is the same in every archive, so that equal exports are equal. */
  private static final long TIME = 0;

  /** What writes a file of the archive. */
  private interface Content {
    void writeTo(Writer out) throws IOException;
  }

  @Override
  public boolean isCompressible() {
    return false;
  }

  @Override
  public void writeTo(Sink out) throws IOException {
    List<Table> tables = tables();
    FileNames names = new FileNames();
    ZipOutputStream zip = new ZipOutputStream(new SinkStream(out), StandardCharsets.UTF_8);
    if (source.isOrganisation()) {
      put(names.unique("members", EXTENSION), zip, file -> Table.members(source.members(), file));
    }
    put(names.unique("docIndex", EXTENSION), zip, file -> Table.entries(this::entries, file));
    for (Table table : tables) {
      String name = table.application().value() + "-" + table.collection().value();
      put(names.unique(name, EXTENSION), zip, table::writeTo);
    }
    source.requireStill();
    zip.finish();
  }

  /** All tables that have rows. Their columns are known before anything is sent. */
  private List<Table> tables() throws IOException {
    List<Table> tables = new ArrayList<>();
    long columns = 0;
    long characters = 0;
    for (ApplicationName application : source.applications()) {
      for (CollectionName collection : source.collections(application)) {
        Table table = Table.of(source, application, collection);
        columns += table.paths().size();
        characters += table.paths().stream().map(LeafPath::text).mapToLong(String::length).sum();
        if (columns > 10L * Columns.MAX || characters > Columns.MAX_CHARACTERS) {
          throw new SyncException(
              SyncProblem.TOO_LARGE,
              "docs: the tables would have more than "
                  + 10L * Columns.MAX
                  + " columns together, or names of columns with more than "
                  + Columns.MAX_CHARACTERS
                  + " characters");
        }
        if (table.hasRows()) {
          tables.add(table);
        }
      }
    }
    return tables;
  }

  private void entries(ExportSource.MemberSink sink) throws IOException {
    for (ApplicationName application : source.applications()) {
      for (CollectionName collection : source.collections(application)) {
        source.entries(
            application,
            collection,
            (id, entry) -> sink.accept(SharingJson.entry(application, id, entry)));
      }
    }
  }

  private static void put(String name, ZipOutputStream zip, Content content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(TIME);
    zip.putNextEntry(entry);
    Writer file = new OutputStreamWriter(zip, StandardCharsets.UTF_8);
    content.writeTo(file);
    file.flush();
    zip.closeEntry();
  }
}
