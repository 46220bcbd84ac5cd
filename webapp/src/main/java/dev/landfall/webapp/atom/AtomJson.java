package dev.landfall.webapp.atom;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomDocument;
import dev.landfall.engine.atom.AtomPull;
import dev.landfall.engine.transit.AtomForm;
import dev.landfall.engine.transit.Transit;
import dev.landfall.engine.transit.TransitJson;
import dev.landfall.engine.transit.TransitMessagePack;
import dev.landfall.engine.transit.TransitSink;
import dev.landfall.webapp.atom.AtomRequest.Entry;
import dev.landfall.webapp.http.Answer;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers as Transit. */
final class AtomJson {
  private AtomJson() {}

  /** What a pull has told: as JSON while it is read, as MessagePack, which counts first, after. */
  static Response of(CollectionName group, AtomPull pull, TransitFormat format) throws IOException {
    if (format == TransitFormat.MESSAGE_PACK) {
      List<AtomDocument> documents = new ArrayList<>();
      AtomPull.End end = pull.deliver(documents::add);
      TransitMessagePack.Writer out = new TransitMessagePack.Writer();
      out.beginMap(3 + (end.more() ? 1 : 0) + (pull.isResync() ? 1 : 0));
      beginPull(out, group, documents.size());
      documents.forEach(document -> document(out, group, document));
      endPull(out, pull, end);
      return packed(out);
    }
    Answer answer =
        sink -> {
          TransitSink out = new TransitJson.Writer(sink.json(), format == TransitFormat.VERBOSE);
          out.beginMap(0);
          beginPull(out, group, 0);
          AtomPull.End end =
              pull.deliver(
                  document -> {
                    document(out, group, document);
                    sink.endOfPiece();
                  });
          endPull(out, pull, end);
        };
    return answer(answer, format);
  }

  private static void beginPull(TransitSink out, CollectionName group, int documents) {
    key(out, "group");
    out.scalar(Transit.string(group.value()));
    key(out, "docs");
    out.beginArray(documents);
  }

  private static void endPull(TransitSink out, AtomPull pull, AtomPull.End end) {
    out.endArray();
    key(out, "now");
    out.scalar(JsonNumber.of(end.nowMillis()));
    if (end.more()) {
      key(out, "more");
      out.scalar(JsonBoolean.TRUE);
    }
    if (pull.isResync()) {
      key(out, "resync");
      out.scalar(JsonBoolean.TRUE);
    }
    out.endMap();
  }

  /** What became of what was written. */
  static Response of(List<Entry> entries, AtomAnswer written, TransitFormat format) {
    if (format == TransitFormat.MESSAGE_PACK) {
      TransitMessagePack.Writer out = new TransitMessagePack.Writer();
      write(out, entries, written);
      return packed(out);
    }
    Answer answer =
        sink ->
            write(
                new TransitJson.Writer(sink.json(), format == TransitFormat.VERBOSE),
                entries,
                written);
    return answer(answer, format);
  }

  private static Response answer(Answer body, TransitFormat format) {
    return Response.ok(new Typed(body, format)).type(TransitFormat.JSON.type()).build();
  }

  private static Response packed(TransitMessagePack.Writer out) {
    return Response.ok(out.toBytes()).type(TransitFormat.MESSAGE_PACK.type()).build();
  }

  /** The REST runtime would write the parameter that has no value with an equals sign. */
  private record Typed(Answer answer, TransitFormat format) implements Answer {
    @Override
    public void writeTo(Sink out) throws IOException {
      answer.writeTo(out);
    }

    @Override
    public Optional<String> contentType() {
      return Optional.of(format.type());
    }
  }

  private static void write(TransitSink out, List<Entry> entries, AtomAnswer written) {
    List<Integer> accepted = new ArrayList<>();
    List<Integer> rejected = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      (written.results().get(i).refusal().isEmpty() ? accepted : rejected).add(i);
    }
    out.beginMap(3);
    key(out, "accepted");
    out.beginArray(accepted.size());
    for (int i : accepted) {
      accepted(out, entries.get(i), written.results().get(i));
    }
    out.endArray();
    key(out, "rejected");
    out.beginArray(rejected.size());
    for (int i : rejected) {
      rejected(out, entries.get(i), written.results().get(i));
    }
    out.endArray();
    key(out, "now");
    out.scalar(JsonNumber.of(written.nowMillis()));
    out.endMap();
  }

  private static void accepted(TransitSink out, Entry entry, AtomAnswer.Result result) {
    out.beginMap(3);
    key(out, "id");
    out.scalar(Transit.string(entry.id()));
    key(out, "version");
    out.scalar(JsonNumber.of(result.document().map(AtomDocument::version).orElse(0L)));
    key(out, "updated");
    out.scalar(JsonNumber.of(result.document().map(AtomDocument::updatedMillis).orElse(0L)));
    out.endMap();
  }

  private static void rejected(TransitSink out, Entry entry, AtomAnswer.Result result) {
    out.beginMap(3 + (result.message().isPresent() ? 1 : 0));
    key(out, "id");
    out.scalar(Transit.string(entry.id()));
    key(out, "reason");
    out.scalar(Transit.keyword(result.refusal().orElseThrow().code()));
    if (result.message().isPresent()) {
      key(out, "message");
      out.scalar(Transit.string(result.message().get()));
    }
    key(out, "current");
    if (result.document().isPresent()) {
      document(out, entry.change().group(), result.document().get());
    } else {
      out.scalar(JsonNull.NULL);
    }
    out.endMap();
  }

  private static void document(TransitSink out, CollectionName group, AtomDocument document) {
    out.beginMap(5);
    key(out, "id");
    out.scalar(Transit.string(group.value() + ":" + AtomId.of(document)));
    key(out, "value");
    if (document.deleted()) {
      out.scalar(JsonNull.NULL);
    } else {
      out.value(AtomForm.value(document.fields()));
    }
    key(out, "version");
    out.scalar(JsonNumber.of(document.version()));
    key(out, "updated");
    out.scalar(JsonNumber.of(document.updatedMillis()));
    key(out, "deleted");
    out.scalar(JsonBoolean.of(document.deleted()));
    out.endMap();
  }

  private static void key(TransitSink out, String name) {
    out.key(Transit.keyword(name).value());
  }
}
