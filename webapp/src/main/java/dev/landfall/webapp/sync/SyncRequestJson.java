package dev.landfall.webapp.sync;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.device.DeviceId;
import dev.landfall.engine.device.DeviceInfo;
import dev.landfall.engine.people.DisplayName;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.webapp.http.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A sync on the wire: {@code {collection, clientClock, changes?, limit?, maxBytes?, acks?, owners?,
 * onInvalid?, device?}}.
 */
final class SyncRequestJson {
  private SyncRequestJson() {}

  /** Reads a request. */
  static SyncRequest read(JsonValue json, int maxChanges) {
    Members members = Members.ofBody(json);
    CollectionName collection = members.string("collection", CollectionName::new);
    var clientClock = members.clock("clientClock");
    List<Change> changes = changes(members, maxChanges);
    return new SyncRequest(
        collection,
        clientClock,
        changes,
        limit(members, changes.isEmpty()),
        maxBytes(members),
        members.flag("acks"),
        members.flag("owners"),
        skipInvalid(members));
  }

  /** Which device a sync is of: {@code device: {id, name?, platform?, version?}}, if it says so. */
  static Optional<DeviceInfo> device(JsonValue json) {
    Members members = Members.ofBody(json);
    JsonValue given = members.raw("device");
    if (given == null || members.isAbsent("device")) {
      return Optional.empty();
    }
    Members device = Members.at("device", given).only("id", "name", "platform", "version");
    return Optional.of(
        new DeviceInfo(
            device.string("id", DeviceId::new),
            text(device, "name"),
            text(device, "platform"),
            text(device, "version")));
  }

  private static Optional<DisplayName> text(Members device, String name) {
    return device.isAbsent(name)
        ? Optional.empty()
        : Optional.of(device.string(name, DisplayName::new));
  }

  /** How far the client has come, if it says so; zero if it does not. */
  static HybridTimestamp clientClock(JsonValue json) {
    try {
      return Members.ofBody(json).clock("clientClock");
    } catch (SyncException e) {
      return HybridTimestamp.ZERO; // it is refused for another reason
    }
  }

  private static List<Change> changes(Members members, int max) {
    if (members.isAbsent("changes")) {
      return List.of();
    }
    JsonValue value = members.raw("changes");
    if (!(value instanceof JsonArray array)) {
      throw members.wrong("changes", "must be an array");
    }
    if (array.values().size() > max) {
      throw new SyncException(
          SyncProblem.TOO_LARGE, "changes: more than " + max + " in one request");
    }
    List<Change> changes = new ArrayList<>(array.values().size());
    for (int i = 0; i < array.values().size(); i++) {
      changes.add(ChangeJson.read("changes[" + i + "]", array.values().get(i)));
    }
    return changes;
  }

  /** A request that pushes nothing has to pull something. */
  private static OptionalInt limit(Members members, boolean onlyPulls) {
    OptionalLong limit = members.whole("limit", onlyPulls ? 1 : 0, SyncRequest.MAX_LIMIT);
    return limit.isPresent() ? OptionalInt.of((int) limit.getAsLong()) : OptionalInt.empty();
  }

  private static OptionalLong maxBytes(Members members) {
    return members.whole("maxBytes", 1, Long.MAX_VALUE);
  }

  private static boolean skipInvalid(Members members) {
    if (members.isAbsent("onInvalid")) {
      return false;
    }
    if (members.string("onInvalid").equals("skip")) {
      return true;
    }
    throw members.wrong("onInvalid", "can only be \"skip\"");
  }
}
