package dev.landfall.webapp.transfer;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonStream;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.http.Members;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An export that is to be imported. It can be read any number of times, from the beginning, and
 * only one document at a time is in memory. For one thread.
 */
final class ImportFile {
  /** No owner has as many. */
  private static final int MAX_NAMES = 100_000;

  private final FileChannel file;
  private final boolean lines;
  private final int maxValue;

  /**
   * A file.
   *
   * @param lines whether it is lines of JSON
   * @param maxValue how many bytes a document or an entry may have
   */
  ImportFile(FileChannel file, boolean lines, int maxValue) {
    this.file = file;
    this.lines = lines;
    this.maxValue = maxValue;
  }

  /** Hears what is in a file. Places are those that a message names. */
  interface Reader {
    /** Whose export it is: {@code user} or {@code org}. */
    default void owner(String place, String kind) {}

    /** A document. */
    default void document(String place, String application, String collection, JsonValue json) {}

    /** An entry of the document index. */
    default void entry(String place, JsonValue json) {}

    /** The file has been read, and said that it is whole. */
    default void end() {}
  }

  /**
   * Reads all of it.
   *
   * @throws SyncException if it is not an export
   */
  void read(Reader reader) throws IOException {
    file.position(0);
    InputStream in = new BufferedInputStream(Channels.newInputStream(file));
    if (lines) {
      readLines(in, reader);
    } else {
      readObject(in, reader);
    }
  }

  private void readObject(InputStream in, Reader reader) throws IOException {
    String[] place = {"body"};
    try {
      JsonStream json = new JsonStream(in, maxValue);
      Set<String> seen = new HashSet<>();
      json.object(
          name -> {
            place[0] = Members.echo(name);
            requireNew(seen, name, place[0]);
            switch (name) {
              case "user", "org" -> reader.owner(name, name);
              case "members" -> json.array(index -> {});
              case "docs" -> documents(json, place, reader);
              case "docIndex" ->
                  json.array(
                      index -> {
                        place[0] = "docIndex[" + index + "]";
                        reader.entry(place[0], json.value());
                      });
              default ->
                  throw SyncException.badRequest(
                      place[0],
                      "is not known here; an export has user or org, members, docs and docIndex");
            }
          });
      json.end();
      if (seen.contains("docs")) {
        reader.end();
      }
    } catch (JsonFormatException e) {
      throw SyncException.badRequest(place[0], String.valueOf(e.getMessage()));
    }
  }

  private static void documents(JsonStream json, String[] place, Reader reader)
      throws IOException, JsonFormatException {
    Set<String> applications = new HashSet<>();
    json.object(
        application -> {
          String where = "docs." + Members.echo(application);
          place[0] = where;
          requireNew(applications, application, where);
          Set<String> collections = new HashSet<>();
          json.object(
              collection -> {
                String there = where + "." + Members.echo(collection);
                place[0] = there;
                requireNew(collections, collection, there);
                json.array(
                    index -> {
                      place[0] = there + "[" + index + "]";
                      reader.document(place[0], application, collection, json.value());
                    });
              });
        });
  }

  private static void requireNew(Set<String> names, String name, String place) {
    if (!names.add(name)) {
      throw SyncException.badRequest(place, "is given twice");
    }
    if (names.size() > MAX_NAMES) {
      throw SyncException.badRequest(place, "there are more than " + MAX_NAMES + " names here");
    }
  }

  private void readLines(InputStream in, Reader reader) throws IOException {
    boolean ended = false;
    long number = 0;
    Counted counted = new Counted(reader);
    while (true) {
      number++;
      String place = "line " + number;
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      boolean more = line(in, line, place);
      if (!isBlank(line)) {
        if (ended) {
          throw SyncException.badRequest(place, "follows the end");
        }
        ended = record(place, line.toByteArray(), counted);
      }
      if (!more) {
        break;
      }
    }
    if (ended) {
      reader.end();
    }
  }

  /** Reads a line; whether another may follow. */
  private boolean line(InputStream in, ByteArrayOutputStream line, String place)
      throws IOException {
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return true;
      }
      if (line.size() >= maxValue) {
        throw SyncException.badRequest(place, "has more than " + maxValue + " bytes");
      }
      line.write(b);
    }
    return false;
  }

  private static boolean isBlank(ByteArrayOutputStream line) {
    return line.size() < 2 && line.toString(StandardCharsets.US_ASCII).isBlank();
  }

  /** Hears what {@link #reader} hears, and counts the documents. */
  private static final class Counted {
    private final Reader reader;
    private long documents;

    Counted(Reader reader) {
      this.reader = reader;
    }
  }

  /** Reads a record; whether it is the end. */
  private static boolean record(String place, byte[] line, Counted counted) {
    Reader reader = counted.reader;
    JsonValue json;
    try {
      json = JsonText.parse(line);
    } catch (JsonFormatException e) {
      throw SyncException.badRequest(place, String.valueOf(e.getMessage()));
    }
    Members members = Members.at(place, json);
    String type = members.string("type");
    switch (type) {
      case "user", "org" -> reader.owner(place, type);
      case "member" -> {}
      case "doc" -> {
        reader.document(
            members.place("doc"),
            members.string("app"),
            members.string("collection"),
            required(members, "doc"));
        counted.documents++;
      }
      case "docIndex" -> reader.entry(members.place("entry"), required(members, "entry"));
      case "end" -> {
        OptionalLong said = members.whole("docs", 0, Long.MAX_VALUE);
        if (said.isPresent() && said.getAsLong() != counted.documents) {
          throw members.wrong(
              "docs",
              "says " + said.getAsLong() + " documents, and there are " + counted.documents);
        }
        return true;
      }
      default -> throw members.wrong("type", "must be user, org, member, doc, docIndex or end");
    }
    return false;
  }

  private static JsonValue required(Members members, String name) {
    JsonValue value = members.raw(name);
    if (value == null) {
      throw members.wrong(name, "is missing");
    }
    return value;
  }
}
