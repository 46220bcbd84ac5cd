package dev.landfall.webapp.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.webapp.http.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a sync on the wire. The documents come first, as the store gives them; only behind
 * the last of them is known what the client keeps as its clock.
 *
 * @param instance which server answers
 * @param acks whether the client asked for acknowledgements
 */
record SyncAnswerJson(
    SyncAnswer answer, InstanceId instance, CollectionName collection, boolean acks)
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
    if (answer.resyncCause().isPresent()) {
      json.raw(",\"resync\":").string(answer.resyncCause().get().wire());
    }
    warnings(out, end.withheld());
    json.raw(",\"serverTime\":").raw(Long.toString(answer.serverMillis()));
    json.raw(",\"instance\":").string(instance.value()).raw('}');
  }

  private void conflicts(Sink out) throws IOException {
    JsonWriter json = out.json();
    json.raw(",\"conflicts\":[");
    boolean first = true;
    for (SyncAnswer.KeyedConflict one : answer.conflicts()) {
      json.raw(first ? "{" : ",{");
      first = false;
      json.raw("\"key\":").string(one.key().value());
      owner(json, one.owner());
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
      owner(json, one.owner());
      json.raw(",\"rev\":\"").raw(one.revision().toString()).raw("\"}");
      first = false;
      out.endOfPiece();
    }
    json.raw(']');
  }

  private void rejections(Sink out) throws IOException {
    if (answer.rejections().isEmpty()) {
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
    json.raw(']');
  }

  private static void rejection(
      JsonWriter json, boolean first, DocumentKey key, String code, JsonValue details) {
    json.raw(first ? "{\"key\":" : ",{\"key\":").string(key.value());
    json.raw(",\"code\":").string(code);
    json.raw(",\"details\":").value(details).raw('}');
  }

  private static void owner(JsonWriter json, Optional<Owner> owner) {
    owner.ifPresent(other -> json.raw(",\"owner\":").string(other.value()));
  }

  /**
   * What the client should know; documents of others that were kept from a client that cannot tell
   * them from its own last.
   */
  private void warnings(Sink out, List<DocumentId> withheld) throws IOException {
    List<SyncAnswer.Warning> warnings = new ArrayList<>(answer.warnings());
    for (DocumentId id : withheld) {
      warnings.add(
          new SyncAnswer.Warning("withheld", id.key(), Optional.of(id.owner()), Optional.empty()));
    }
    if (warnings.isEmpty()) {
      return;
    }
    JsonWriter json = out.json();
    json.raw(",\"warnings\":[");
    boolean first = true;
    for (SyncAnswer.Warning one : warnings) {
      json.raw(first ? "{\"code\":" : ",{\"code\":").string(one.code());
      json.raw(",\"key\":").string(one.key().value());
      owner(json, one.owner());
      one.field().ifPresent(field -> json.raw(",\"field\":").string(field));
      json.raw('}');
      first = false;
      out.endOfPiece();
    }
    json.raw(']');
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
