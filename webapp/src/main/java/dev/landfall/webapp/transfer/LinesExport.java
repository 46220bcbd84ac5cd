package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.sharing.SharingJson;
import java.io.IOException;

/**
 * An export as lines of JSON. The last line says how many documents there are: without it something
 * is missing.
 */
record LinesExport(ExportSource source) implements Answer {
  @Override
  public void writeTo(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw("{\"type\":").string(source.head()).raw(',');
    json.name(source.head()).value(source.about()).raw("}\n");
    source
        .members()
        .forEach(
            member -> {
              json.raw("{\"type\":\"member\",\"member\":").value(member).raw("}\n");
              out.endOfPiece();
            });
    long count = 0;
    for (ApplicationName application : source.applications()) {
      for (CollectionName collection : source.collections(application)) {
        count += documents(application, collection, out);
      }
    }
    for (ApplicationName application : source.applications()) {
      for (CollectionName collection : source.collections(application)) {
        entries(application, collection, out);
      }
    }
    source.requireStill();
    json.raw("{\"type\":\"end\",\"docs\":").raw(Long.toString(count)).raw("}\n");
  }

  private long documents(ApplicationName application, CollectionName collection, Sink out)
      throws IOException {
    long[] count = {0};
    source.read(
        application,
        collection,
        (key, wire) -> {
          begin(out.json(), "doc", application, collection);
          out.json().raw("\"doc\":").raw(wire).raw("}\n");
          out.endOfPiece();
          count[0]++;
        });
    return count[0];
  }

  private void entries(ApplicationName application, CollectionName collection, Sink out)
      throws IOException {
    source.entries(
        application,
        collection,
        (id, entry) -> {
          begin(out.json(), "docIndex", application, collection);
          out.json().raw("\"entry\":").value(SharingJson.entry(application, id, entry));
          out.json().raw("}\n");
          out.endOfPiece();
        });
  }

  private static void begin(
      JsonWriter json, String type, ApplicationName application, CollectionName collection) {
    json.raw("{\"type\":").string(type).raw(",\"app\":").string(application.value());
    json.raw(",\"collection\":").string(collection.value()).raw(',');
  }
}
