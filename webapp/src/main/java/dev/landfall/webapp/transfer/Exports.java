package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.transfer.FileNames;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.FairPermits;
import dev.landfall.webapp.http.Query;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Answers with exports, some at the same time. Safe for concurrent use. */
public final class Exports {
  /** Each holds a thread, and some memory for each document. */
  private static final int AT_ONCE = 8;

  private final FairPermits places = new FairPermits(AT_ONCE);
  private final InstantSource time;

  /** Exports that are named after the day. */
  public Exports(InstantSource time) {
    this.time = time;
  }

  /** The export that a request asks for. */
  Response answer(ExportSource source, UserId reader, UriInfo uri, HttpHeaders headers) {
    Query query = new Query(uri);
    ExportForm form = ExportForm.of(query, headers);
    Optional<ApplicationName> application = query.optional("app", ApplicationName::new);
    Optional<CollectionName> collection = query.optional("collection", CollectionName::new);
    if (application.isPresent() != collection.isPresent()
        || (application.isPresent() && form != ExportForm.CSV)) {
      throw SyncException.badRequest(
          "app", "goes with a collection and format=csv only, for one table");
    }
    String day = LocalDate.ofInstant(time.instant(), ZoneOffset.UTC).toString();
    if (application.isPresent() && collection.isPresent()) {
      requireKnown(source, application.get());
      String name =
          "landfall-" + application.get().value() + "-" + collection.get().value() + "-" + day;
      return response(
          new CsvExport(source, application.get(), collection.get()),
          reader,
          form.mediaType(),
          name + form.extension());
    }
    String name = "landfall-export-" + day;
    return switch (form) {
      case JSON ->
          response(new JsonExport(source), reader, form.mediaType(), name + form.extension());
      case LINES ->
          response(new LinesExport(source), reader, form.mediaType(), name + form.extension());
      case CSV -> response(new CsvArchive(source), reader, "application/zip", name + ".zip");
    };
  }

  private static void requireKnown(ExportSource source, ApplicationName application) {
    if (!source.knows(application)) {
      throw new SyncException(SyncProblem.NOT_FOUND, "there is no such application");
    }
  }

  private Response response(Answer export, UserId reader, String type, String name) {
    return Response.ok(new Counted(export, reader))
        .header(HttpHeaders.CONTENT_TYPE, type)
        .header(HttpHeaders.CONTENT_DISPOSITION, FileNames.disposition(name))
        .build();
  }

  /** An export that has a place while it is written. */
  private final class Counted implements Answer {
    private final Answer export;
    private final UserId reader;

    Counted(Answer export, UserId reader) {
      this.export = export;
      this.reader = reader;
    }

    @Override
    public boolean isCompressible() {
      return export.isCompressible();
    }

    @Override
    public void writeTo(Sink out) throws java.io.IOException {
      if (!places.enter(reader.value())) {
        throw new SyncException(
            SyncProblem.RATE_LIMITED, "too many exports are being made already");
      }
      try {
        export.writeTo(out);
      } finally {
        places.leave(reader.value());
      }
    }
  }
}
