package dev.landfall.webapp.transfer;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.http.HttpProblem;
import dev.landfall.webapp.http.Query;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;

/** In what form an export comes. */
enum ExportForm {
  JSON("application/json", ".json"),
  LINES("application/x-ndjson", ".ndjson"),
  CSV("text/csv;charset=utf-8;header=present", ".csv");

  private final String mediaType;
  private final String extension;

  ExportForm(String mediaType, String extension) {
    this.mediaType = mediaType;
    this.extension = extension;
  }

  String mediaType() {
    return mediaType;
  }

  String extension() {
    return extension;
  }

  /** What the address asks for, or else the header. */
  static ExportForm of(Query query, HttpHeaders headers) {
    Optional<ExportForm> named = query.optional("format", ExportForm::named);
    return named.orElseGet(() -> accepted(headers));
  }

  private static ExportForm named(String text) {
    return switch (text) {
      case "json" -> JSON;
      case "ndjson" -> LINES;
      case "csv" -> CSV;
      default -> throw new IllegalArgumentException("must be json, ndjson or csv");
    };
  }

  private static ExportForm accepted(HttpHeaders headers) {
    for (MediaType type : headers.getAcceptableMediaTypes()) {
      if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
        return JSON;
      }
      if (type.isCompatible(MediaType.valueOf(LINES.mediaType))) {
        return LINES;
      }
    }
    throw new SyncException(
        HttpProblem.NOT_ACCEPTABLE,
        "An export can be application/json or application/x-ndjson, and with ?format=csv a table");
  }
}
