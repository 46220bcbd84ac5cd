package dev.landfall.webapp.sync;

import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.history.DocumentVersion;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.webapp.http.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Versions on the wire: {@code {versions: [{commit, at, changed: {path: {from?, to?, editClock}},
 * conflict?}], more}}. A side of a change on which there was no value is absent.
 */
record HistoryJson(VersionPage page) implements Answer {

  @Override
  public void writeTo(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw("{\"versions\":[");
    boolean first = true;
    for (DocumentVersion version : page.versions()) {
      json.raw(first ? "" : ",");
      first = false;
      version(json, version);
      out.endOfPiece();
    }
    json.raw("],\"more\":").raw(page.more() ? "true" : "false").raw('}');
  }

  private static void version(JsonWriter json, DocumentVersion version) {
    json.raw("{\"commit\":\"").raw(version.commit().toString());
    json.raw("\",\"at\":\"").raw(Instant.ofEpochMilli(version.commit().millis()).toString());
    json.raw("\",\"changed\":{");
    boolean first = true;
    for (Map.Entry<LeafPath, DocumentVersion.Changed> changed : version.changed().entrySet()) {
      json.raw(first ? "" : ",").name(changed.getKey().text()).raw('{');
      first = false;
      side(json, "from", changed.getValue().from());
      side(json, "to", changed.getValue().to());
      json.raw("\"editClock\":").string(changed.getValue().editClock().toString()).raw('}');
    }
    json.raw('}');
    if (!version.conflicts().isEmpty()) {
      json.raw(",\"conflict\":");
      char before = '[';
      for (JsonValue conflict : version.conflicts()) {
        json.raw(before).value(conflict);
        before = ',';
      }
      json.raw(']');
    }
    json.raw('}');
  }

  private static void side(JsonWriter json, String name, @Nullable JsonValue value) {
    if (value != null) {
      json.name(name).value(value).raw(',');
    }
  }
}
