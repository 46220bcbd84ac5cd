package dev.landfall.webapp.device;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.device.Device;
import dev.landfall.engine.device.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Devices on the wire. */
public final class DeviceJson {
  private DeviceJson() {}

  /** {@code {devices: [...], after?}}, with how far behind each is. */
  static JsonObject page(List<Device> devices, int limit, SyncEngine engine) {
    List<JsonValue> all = new ArrayList<>();
    for (Device device : devices) {
      JsonObject.Builder json = about(device);
      all.add(json.put("applications", applications(device, engine)).build());
    }
    JsonObject.Builder page = JsonObject.builder().put("devices", new JsonArray(all));
    if (devices.size() == limit) {
      page.put("after", devices.get(limit - 1).info().id().value());
    }
    return page.build();
  }

  /** {@code {id, name?, platform?, version?, firstSeen, lastSeen}}. */
  public static JsonObject.Builder about(Device device) {
    JsonObject.Builder json = JsonObject.builder().put("id", device.info().id().value());
    device.info().name().ifPresent(name -> json.put("name", name.value()));
    device.info().platform().ifPresent(platform -> json.put("platform", platform.value()));
    device.info().version().ifPresent(version -> json.put("version", version.value()));
    return json.put("firstSeen", text(device.firstSeen())).put("lastSeen", text(device.lastSeen()));
  }

  private static JsonArray applications(Device device, SyncEngine engine) {
    TreeMap<String, List<Position>> applications = new TreeMap<>();
    for (Position position : device.positions()) {
      applications
          .computeIfAbsent(position.application().value(), unused -> new ArrayList<>())
          .add(position);
    }
    List<JsonValue> all = new ArrayList<>();
    applications.forEach((name, positions) -> all.add(application(name, positions, engine)));
    return new JsonArray(all);
  }

  /** {@code {app, lastSync, collections, pending}}. */
  private static JsonObject application(String name, List<Position> positions, SyncEngine engine) {
    ApplicationName application = new ApplicationName(name);
    long pending = 0;
    for (Position position : positions) {
      pending +=
          engine.newer(application, position.owner(), position.collection(), position.clock());
    }
    long last = positions.stream().map(Position::at).max(Comparator.naturalOrder()).orElse(0L);
    return JsonObject.builder()
        .put("app", name)
        .put("lastSync", text(last))
        .put("collections", positions.size())
        .put("pending", pending)
        .build();
  }

  private static String text(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
