package dev.landfall.engine.device;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.people.DisplayName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device as the directory has it. Times are in milliseconds since the Unix epoch.
 *
 * @param sessions the beginnings of those by which it has synced of late, in seconds
 * @param removed whether it may not come back
 */
public record Device(
    DeviceInfo info,
    long firstSeen,
    long lastSeen,
    List<Long> sessions,
    List<Position> positions,
    boolean removed) {
  /** Beyond that those that were heard of least lately are forgotten. */
  static final int MAX_POSITIONS = 200;

  private static final int MAX_SESSIONS = 10;

  public Device {
    sessions = List.copyOf(sessions);
    positions = List.copyOf(positions);
  }

  static Device first(DeviceInfo info, long now) {
    return new Device(info, now, now, List.of(), List.of(), false);
  }

  /** The same, heard of in a session. */
  Device seen(DeviceInfo now, long session, Position position) {
    List<Long> nextSessions = new ArrayList<>(sessions);
    nextSessions.remove(session);
    nextSessions.add(0, session);
    List<Position> nextPositions = new ArrayList<>(positions);
    nextPositions.removeIf(position::isOf);
    nextPositions.add(0, position);
    return new Device(
        now,
        firstSeen,
        Math.max(lastSeen, position.at()),
        first(nextSessions, MAX_SESSIONS),
        first(nextPositions, MAX_POSITIONS),
        removed);
  }

  /** How far it has come where {@code place} is. */
  Optional<Position> positionOf(Position place) {
    return positions.stream().filter(place::isOf).findFirst();
  }

  /** Whether some of its positions may have been forgotten. */
  boolean mayHaveMore() {
    return positions.size() >= MAX_POSITIONS;
  }

  private static <T> List<T> first(List<T> all, int max) {
    return all.subList(0, Math.min(max, all.size()));
  }

  /** The same, which may not come back: nothing but that is kept. */
  Device remove(long now) {
    DeviceInfo nameless =
        new DeviceInfo(info.id(), Optional.empty(), Optional.empty(), Optional.empty());
    return new Device(nameless, firstSeen, now, List.of(), List.of(), true);
  }

  JsonObject json() {
    JsonObject.Builder json = JsonObject.builder();
    info.name().ifPresent(name -> json.put("name", name.value()));
    info.platform().ifPresent(platform -> json.put("platform", platform.value()));
    info.version().ifPresent(version -> json.put("version", version.value()));
    return json.put("firstSeen", firstSeen)
        .put("lastSeen", lastSeen)
        .put(
            "sessions",
            array(sessions.stream().map(one -> JsonObject.builder().put("at", one)).toList()))
        .put(
            "positions",
            array(
                positions.stream()
                    .map(
                        one ->
                            JsonObject.builder()
                                .put("app", one.application().value())
                                .put("owner", one.owner().text())
                                .put("collection", one.collection().value())
                                .put("clock", one.clock().toString())
                                .put("at", one.at()))
                    .toList()))
        .put("removed", removed)
        .build();
  }

  private static JsonArray array(List<JsonObject.Builder> objects) {
    return new JsonArray(objects.stream().<JsonValue>map(JsonObject.Builder::build).toList());
  }

  static Device of(Kept kept) {
    return new Device(
        new DeviceInfo(
            new DeviceId(kept.second()),
            kept.optionalText("name").map(DisplayName::new),
            kept.optionalText("platform").map(DisplayName::new),
            kept.optionalText("version").map(DisplayName::new)),
        kept.number("firstSeen"),
        kept.number("lastSeen"),
        kept.objects("sessions").stream().map(one -> part(kept, one).number("at")).toList(),
        kept.objects("positions").stream().map(one -> position(part(kept, one))).toList(),
        kept.flag("removed"));
  }

  private static Position position(Kept one) {
    return new Position(
        new ApplicationName(one.text("app")),
        Owner.parse(one.text("owner")),
        new CollectionName(one.text("collection")),
        HybridTimestamp.parse(one.text("clock")),
        one.number("at"));
  }

  private static Kept part(Kept whole, JsonObject part) {
    return new Kept(whole.kind(), whole.name(), whole.version(), part);
  }
}
