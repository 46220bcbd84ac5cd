package dev.landfall.webapp.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncProblem;
import dev.landfall.webapp.http.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The answer to a sync on the wire. The documents come first, as the store gives them; only behind
 * the last of them is known what the client keeps as its clock.
 *
 * @param acks whether the client asked for acknowledgements
 * @param ofOthers keys of documents that are not there for the caller
 */
record SyncAnswerJson(
    SyncAnswer answer, CollectionName collection, boolean acks, List<DocumentKey> ofOthers)
    implements Answer {

  @Override
  public void writeTo(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw("{\"serverChanges\":[");
    Documents documents = new Documents(out);
    PageEnd end = answer.deliver(documents::write);
    json.raw("],\"serverClock\":\"").raw(end.serverClock().toString()).raw('"');
    conflicts(out);
    if (end.more() || end.pending().isPresent()) {
      json.raw(",\"more\":").raw(end.more() ? "true" : "false");
    }
    if (end.pending().isPresent()) {
      json.raw(",\"pending\":").raw(Long.toString(end.pending().getAsLong()));
    }
    if (acks) {
      acknowledgements(out);
    }
    rejections(out);
    if (answer.resync()) {
      json.raw(",\"resync\":true");
    }
    json.raw(",\"serverTime\":").raw(Long.toString(answer.serverMillis())).raw('}');
  }

  private void conflicts(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw(",\"conflicts\":[");
    boolean first = true;
    for (SyncAnswer.KeyedConflict one : answer.conflicts()) {
      json.raw(first ? "{" : ",{");
      first = false;
      json.raw("\"key\":").string(one.key().value());
      json.raw(",\"collection\":").string(collection.value());
      for (Map.Entry<String, JsonValue> member : one.conflict().toJson().members().entrySet()) {
        json.raw(',').name(member.getKey()).value(member.getValue());
      }
      json.raw('}');
      out.endOfPiece();
    }
    json.raw(']');
  }

  private void acknowledgements(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw(",\"acks\":[");
    boolean first = true;
    for (SyncAnswer.Acknowledgement one : answer.acknowledgements()) {
      json.raw(first ? "{\"key\":" : ",{\"key\":").string(one.key().value());
      json.raw(",\"rev\":\"").raw(one.revision().toString()).raw("\"}");
      first = false;
      out.endOfPiece();
    }
    json.raw(']');
  }

  private void rejections(Sink out) throws IOException {
    if (answer.rejections().isEmpty() && ofOthers.isEmpty()) {
      return;
    }
    JsonWriter json = out.json();
    json.raw(",\"rejected\":[");
    boolean first = true;
    for (SyncAnswer.Rejection one : answer.rejections()) {
      rejection(json, first, one.key(), one.code(), one.details());
      first = false;
      out.endOfPiece();
    }
    for (DocumentKey key : ofOthers) {
      rejection(json, first, key, SyncProblem.NOT_FOUND.code(), JsonObject.EMPTY);
      first = false;
      out.endOfPiece();
    }
    json.raw(']');
  }

  private static void rejection(
      JsonWriter json, boolean first, DocumentKey key, String code, JsonValue details) {
    json.raw(first ? "{\"key\":" : ",{\"key\":").string(key.value());
    json.raw(",\"code\":").string(code);
    json.raw(",\"details\":").value(details).raw('}');
  }

  /** Documents, one behind the other with commas between. */
  private static final class Documents {
    private final Sink out;
    private boolean first = true;

    Documents(Sink out) {
      this.out = out;
    }

    void write(Bytes document) throws IOException {
      if (!first) {
        out.json().raw(',');
      }
      first = false;
      out.json().raw(document);
      out.endOfPiece();
    }
  }
}
