package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
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
 * differs from what it has just sent: existing clients keep theirs unless the clock that comes with
 * the other is later. It makes no difference whether the document is told as the push left it, or
 * as another request has left it before the answer was made.
 *
 * <p>Who asks for acknowledgements takes the server's values whatever their clocks, and is told
 * these as they are: should the server be put back from a backup, the device brings values back
 * with the clocks it was told, and a raised one would beat what was written later.
 */
final class RaisedClocks {
  private RaisedClocks() {}

  /**
   * By path, of {@code document}.
   *
   * @param sent by the client
   * @param next later than all clocks, for where the revision of the document is not
   */
  static Map<LeafPath, HybridTimestamp> of(
      Document document, ClientCopy sent, HybridTimestamp next) {
    Map<LeafPath, HybridTimestamp> known = new HashMap<>();
    document
        .leaves()
        .forEach((path, leaf) -> known.merge(path.top(), leaf.wire(), HybridTimestamp::later));
    return of(document.fields(), known, document.revision(), sent, next);
  }

  /**
   * A later version of a pushed document as it goes back to whoever sent {@code sent}.
   *
   * @param wire as it is told to others
   * @param revision of that version, which is later than all clocks in the request
   */
  static Bytes in(Bytes wire, HybridTimestamp revision, ClientCopy sent) {
    JsonObject told = StoredForm.delivered(wire);
    Map<LeafPath, HybridTimestamp> known = WireForm.topClocks(told);
    Map<LeafPath, HybridTimestamp> raised =
        of(StoredForm.withoutProtocol(told), known, revision, sent, revision);
    return raised.isEmpty() ? wire : WireForm.raised(told, raised);
  }

  private static Map<LeafPath, HybridTimestamp> of(
      JsonObject fields,
      Map<LeafPath, HybridTimestamp> known,
      HybridTimestamp revision,
      ClientCopy sent,
      HybridTimestamp next) {
    Map<LeafPath, HybridTimestamp> raised = new HashMap<>();
    Map<LeafPath, HybridTimestamp> stamps = sent.clocks().byTop();
    Set<String> tops = new LinkedHashSet<>(sent.fields().members().keySet());
    tops.addAll(fields.members().keySet());
    for (String top : tops) {
      JsonValue ours = sent.fields().get(top);
      JsonValue theirs = fields.get(top);
      if (Objects.equals(ours, theirs)) {
        continue;
      }
      LeafPath path = LeafPath.ofField(top);
      HybridTimestamp client = stamps.getOrDefault(path, HybridTimestamp.ZERO);
      HybridTimestamp server = known.getOrDefault(path, HybridTimestamp.ZERO);
      boolean object = ours instanceof JsonObject || theirs instanceof JsonObject;
      if (client.isZero() && (sent.lastOfItsKind() || (ours == null && !object))) {
        continue; // it has nothing, or perhaps what is later than all that is here
      }
      if (object || !server.isAfter(client)) {
        raised.put(path, revision.isAfter(client) ? revision : next);
      }
    }
    return raised;
  }
}
