package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.transfer.Columns;
import dev.landfall.engine.transfer.SpreadsheetText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.QuoteMode;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one collection as a table of RFC 4180: a row for each, a column for each path
 * that one of them has a value at.
 */
record Table(
    ExportSource source,
    ApplicationName application,
    CollectionName collection,
    List<LeafPath> paths,
    boolean hasRows) {

  private static final List<String> ENTRY =
      List.of(
          "docKey",
          "userId",
          "app",
          "collection",
          "orgId",
          "visibility",
          "sharedWith",
          "hasShareToken",
          "shareTokenExpiresAt",
          "createdAt",
          "updatedAt");
  private static final List<String> MEMBER = List.of("orgId", "userId", "role", "joinedAt");

  private static final CSVFormat PLAIN = CSVFormat.RFC4180;
  private static final CSVFormat QUOTED =
      CSVFormat.RFC4180.builder().setQuoteMode(QuoteMode.ALL).get();

  Table {
    paths = List.copyOf(paths);
  }

  /**
   * The table of a collection; reads all of it once, for the columns.
   *
   * @throws SyncException if it would have too many
   */
  static Table of(ExportSource source, ApplicationName application, CollectionName collection)
      throws IOException {
    Columns columns = new Columns();
    boolean[] any = {false};
    source.read(
        application,
        collection,
        (key, wire) -> {
          any[0] = true;
          if (!columns.add(StoredForm.withoutProtocol(parse(wire)))) {
            throw new SyncException(
                SyncProblem.TOO_LARGE,
                "docs."
                    + application.value()
                    + "."
                    + dev.landfall.webapp.http.Members.echo(collection.value())
                    + ": as a table it would have more than "
                    + Columns.MAX
                    + " columns, or names of columns with more than "
                    + Columns.MAX_CHARACTERS
                    + " characters");
          }
        });
    return new Table(source, application, collection, columns.paths(), any[0]);
  }

  void writeTo(Appendable out) throws IOException {
    Row header = new Row(out);
    header.add("_key").add("_rev");
    for (LeafPath path : paths) {
      header.add(path.text());
    }
    header.end();
    source.read(application, collection, (key, wire) -> write(parse(wire), new Row(out)));
  }

  private void write(JsonObject document, Row row) throws IOException {
    Map<LeafPath, JsonValue> leaves = Leaves.of(StoredForm.withoutProtocol(document));
    row.add(document.get("_key")).add(document.get("_rev"));
    for (LeafPath path : paths) {
      row.add(leaves.get(path));
    }
    row.end();
  }

  /** Who reads the documents. */
  static void entries(ExportSource.Members entries, Appendable out) throws IOException {
    write(ENTRY, entries, out);
  }

  /** Who is in the organisation. */
  static void members(ExportSource.Members members, Appendable out) throws IOException {
    write(MEMBER, members, out);
  }

  private static void write(List<String> columns, ExportSource.Members objects, Appendable out)
      throws IOException {
    Row header = new Row(out);
    for (String column : columns) {
      header.add(column);
    }
    header.end();
    objects.forEach(
        object -> {
          Row row = new Row(out);
          for (String column : columns) {
            row.add(object.get(column));
          }
          row.end();
        });
  }

  /** A row that is being written. */
  private static final class Row {
    private final Appendable out;
    private boolean isEmpty = true;

    Row(Appendable out) {
      this.out = out;
    }

    Row add(@Nullable JsonValue value) throws IOException {
      if (value instanceof JsonString text) {
        return add(text.value());
      }
      if (value == null || value instanceof JsonNull) {
        return print(PLAIN, "");
      }
      boolean isPlain = value instanceof JsonNumber || value instanceof JsonBoolean;
      return print(PLAIN, isPlain ? value.toString() : JsonText.print(value));
    }

    /** Text stands in quotes where a program could take it for a number or a date. */
    Row add(String text) throws IOException {
      return print(SpreadsheetText.isLikeNumber(text) ? QUOTED : PLAIN, SpreadsheetText.of(text));
    }

    private Row print(CSVFormat format, String cell) throws IOException {
      format.print(cell, out, isEmpty);
      isEmpty = false;
      return this;
    }

    void end() throws IOException {
      PLAIN.println(out);
    }
  }

  private static JsonObject parse(Bytes wire) {
    try {
      if (JsonText.parse(wire.toArray()) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a stored document is damaged", e);
    }
    throw new IllegalStateException("a stored document is damaged");
  }
}
