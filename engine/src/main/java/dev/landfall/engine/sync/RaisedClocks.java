package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.merge.ClientCopy;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The clocks to give instead of the stored ones, so that a client takes the server's value where it
 * differs from the one it has just sent: existing clients keep theirs unless the clock that comes
 * with the other is later.
 */
final class RaisedClocks {
  private RaisedClocks() {}

  /**
   * The clocks to raise at the top of {@code document}.
   *
   * @param copy what the client has sent
   * @param clock later than every clock that it holds; used where the revision is not
   */
  static Map<LeafPath, HybridTimestamp> of(
      Document document, ClientCopy copy, HybridTimestamp clock) {
    Map<LeafPath, HybridTimestamp> known = new HashMap<>();
    document
        .leaves()
        .forEach((path, leaf) -> known.merge(path.top(), leaf.wire(), HybridTimestamp::later));
    return of(document.fields(), known, document.revision(), copy, clock);
  }

  /**
   * A version that another request has made after the one that brought {@code copy} was decided,
   * for the client that has sent it. Its revision is later than every clock of that request.
   */
  static Bytes inAnswerTo(ClientCopy copy, HybridTimestamp revision, Bytes wire) {
    JsonObject delivered = StoredForm.delivered(wire);
    JsonObject fields = StoredForm.withoutProtocol(delivered);
    if (!(delivered.get(WireForm.CLOCKS) instanceof JsonObject clocks)) {
      return wire;
    }
    Map<LeafPath, HybridTimestamp> known = new HashMap<>();
    clocks
        .members()
        .forEach(
            (path, clock) -> {
              if (clock instanceof JsonString text) {
                known.merge(
                    LeafPath.parse(path).top(),
                    HybridTimestamp.parse(text.value()),
                    HybridTimestamp::later);
              }
            });
    Map<LeafPath, HybridTimestamp> raised = of(fields, known, revision, copy, revision);
    return raised.isEmpty() ? wire : WireForm.raised(delivered, raised);
  }

  private static Map<LeafPath, HybridTimestamp> of(
      JsonObject fields,
      Map<LeafPath, HybridTimestamp> known,
      HybridTimestamp revision,
      ClientCopy copy,
      HybridTimestamp clock) {
    Map<LeafPath, HybridTimestamp> raised = new HashMap<>();
    Map<LeafPath, HybridTimestamp> sent = copy.clocks().byTop();
    Set<String> tops = new LinkedHashSet<>(copy.fields().members().keySet());
    tops.addAll(fields.members().keySet());
    for (String top : tops) {
      JsonValue ours = copy.fields().get(top);
      JsonValue theirs = fields.get(top);
      if (Objects.equals(ours, theirs)) {
        continue;
      }
      LeafPath path = LeafPath.ofField(top);
      HybridTimestamp client = sent.getOrDefault(path, HybridTimestamp.ZERO);
      HybridTimestamp server = known.getOrDefault(path, HybridTimestamp.ZERO);
      boolean object = ours instanceof JsonObject || theirs instanceof JsonObject;
      if (client.isZero() && (copy.lastOfItsKind() || (ours == null && !object))) {
        continue; // it has nothing, or perhaps what is later than all that is here
      }
      if (object || !server.isAfter(client)) {
        boolean enough = revision.isAfter(client);
        raised.put(path, enough ? revision : clock);
      }
    }
    return raised;
  }
}
