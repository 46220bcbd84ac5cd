package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.sharing.SharingJson;
import java.io.IOException;

/** An export as one JSON object: {@code {user | org, members, docs, docIndex}}. */
record JsonExport(ExportSource source) implements Answer {
  @Override
  public void writeTo(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw('{').name(source.head()).value(source.about());
    if (source.isOrganisation()) {
      json.raw(",\"members\":[");
      Commas commas = new Commas(json);
      source
          .members()
          .forEach(
              member -> {
                commas.next().value(member);
                out.endOfPiece();
              });
      json.raw(']');
    }
    json.raw(",\"docs\":{");
    Commas applications = new Commas(json);
    for (ApplicationName application : source.applications()) {
      application(application, applications, out);
    }
    json.raw("},\"docIndex\":[");
    Commas commas = new Commas(json);
    for (ApplicationName application : source.applications()) {
      for (CollectionName collection : source.collections(application)) {
        source.entries(
            application,
            collection,
            (id, entry) -> {
              commas.next().value(SharingJson.entry(application, id, entry));
              out.endOfPiece();
            });
      }
    }
    source.requireStill();
    json.raw("]}");
  }

  private void application(ApplicationName application, Commas applications, Sink out)
      throws IOException {
    JsonWriter json = out.json();
    Commas collections = new Commas(json);
    for (CollectionName collection : source.collections(application)) {
      Commas documents = new Commas(json);
      source.read(
          application,
          collection,
          (key, wire) -> {
            if (documents.none() && collections.none()) {
              applications.next().name(application.value()).raw('{');
            }
            if (documents.none()) {
              collections.next().name(collection.value()).raw('[');
            }
            documents.next().raw(wire);
            out.endOfPiece();
          });
      if (!documents.none()) {
        json.raw(']');
      }
    }
    if (!collections.none()) {
      json.raw('}');
    }
  }

  /** Commas between what is written one behind the other. */
  private static final class Commas {
    private final JsonWriter json;
    private boolean none = true;

    Commas(JsonWriter json) {
      this.json = json;
    }

    boolean none() {
      return none;
    }

    JsonWriter next() {
      if (!none) {
        json.raw(',');
      }
      none = false;
      return json;
    }
  }
}
