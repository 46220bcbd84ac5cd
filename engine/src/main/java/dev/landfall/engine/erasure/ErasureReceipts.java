package dev.landfall.engine.erasure;

import dev.landfall.api.Sha256;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.device.Device;
import dev.landfall.engine.device.DeviceId;
import dev.landfall.engine.directory.JsonDirectory;
import dev.landfall.engine.directory.JsonDirectory.Change;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.directory.LinkToken;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Receipts of erased accounts: whoever has the id of one reads whether all is gone, and which
 * devices have said that they have let go of their copies. Kept are hashes of the user's id and of
 * the receipt's, and what devices call themselves. Safe for concurrent use by several nodes.
 */
public final class ErasureReceipts {
  /** The kind of record; its name is a part of the user's hash, a slash, and the receipt's. */
  private static final String KIND = "erasureReceipt";

  /** How long one is kept. */
  public static final Duration KEPT = Duration.ofDays(30);

  private static final int USER_LENGTH = 16;

  private final JsonDirectory directory;
  private final SecureRandom random;
  private final InstantSource time;

  /** The receipts in {@code directory}. */
  public ErasureReceipts(Directory directory, SecureRandom random, InstantSource time) {
    this.directory = new JsonDirectory(directory);
    this.random = random;
    this.time = time;
  }

  /**
   * Makes out a receipt, before anything is erased.
   *
   * @return its id, which is told once
   */
  public String makeOut(UserId user, List<Device> devices) {
    LinkToken token = LinkToken.random(random);
    List<JsonValue> held = new ArrayList<>();
    for (Device device : devices) {
      JsonObject.Builder one = JsonObject.builder().put("id", device.info().id().value());
      device.info().platform().ifPresent(platform -> one.put("platform", platform.value()));
      held.add(one.put("lastSeen", device.lastSeen()).build());
    }
    JsonObject content =
        JsonObject.builder().put("at", time.millis()).put("devices", new JsonArray(held)).build();
    directory.write(KIND, name(part(user.value()), token), 1, content);
    return part(user.value()) + "." + token.text();
  }

  /** Takes a receipt back: nothing is erased. */
  public void takeBack(String receipt) {
    place(receipt).ifPresent(name -> directory.remove(KIND, name));
  }

  /** What became of an erasure; empty if there is no such receipt. */
  public Optional<ErasureReceipt> find(String receipt) {
    return place(receipt)
        .flatMap(name -> directory.find(KIND, name))
        .filter(kept -> kept.number("at") > time.millis() - KEPT.toMillis())
        .map(
            kept ->
                new ErasureReceipt(
                    kept.number("at"),
                    !isUnderWay(receipt.substring(0, USER_LENGTH)),
                    kept.objects("devices").stream().map(one -> held(kept, one)).toList()));
  }

  private boolean isUnderWay(String user) {
    boolean[] found = {false};
    directory.each(
        Erasures.KIND,
        note -> {
          int mark = note.name().indexOf(':');
          found[0] |= part(note.name().substring(mark + 1)).equals(user);
        });
    return found[0];
  }

  private static ErasureReceipt.Held held(Kept kept, JsonObject stored) {
    Kept one = new Kept(kept.kind(), kept.name(), kept.version(), stored);
    return new ErasureReceipt.Held(
        new DeviceId(one.text("id")),
        one.optionalText("platform"),
        one.number("lastSeen"),
        one.optionalNumber("confirmedAt"));
  }

  /** A device of a user who is gone says that it holds nothing any more. */
  public void confirm(UserId gone, DeviceId device) {
    directory.eachBelow(
        KIND,
        part(gone.value()),
        receipt ->
            directory.change(
                KIND,
                receipt.name(),
                stored -> stored.map(kept -> confirmed(kept, device)).orElse(Change.none(true))));
  }

  private Change<Boolean> confirmed(Kept kept, DeviceId device) {
    List<JsonValue> devices = new ArrayList<>();
    boolean news = false;
    for (JsonObject stored : kept.objects("devices")) {
      ErasureReceipt.Held one = held(kept, stored);
      if (one.id().equals(device) && one.confirmedAt().isEmpty()) {
        JsonObject.Builder next = JsonObject.builder();
        stored.members().forEach(next::put);
        devices.add(next.put("confirmedAt", time.millis()).build());
        news = true;
      } else {
        devices.add(stored);
      }
    }
    if (!news) {
      return Change.none(true);
    }
    return Change.to(
        JsonObject.builder()
            .put("at", kept.number("at"))
            .put("devices", new JsonArray(devices))
            .build(),
        true);
  }

  /** Forgets receipts that are old. */
  public void sweep() {
    long oldest = time.millis() - KEPT.toMillis();
    directory.each(
        KIND,
        receipt -> {
          if (receipt.number("at") <= oldest) {
            directory.remove(receipt);
          }
        });
  }

  private static Optional<String> place(String receipt) {
    if (receipt.length() <= USER_LENGTH || receipt.charAt(USER_LENGTH) != '.') {
      return Optional.empty();
    }
    String user = receipt.substring(0, USER_LENGTH);
    return user.matches("[0-9a-f]*")
        ? LinkToken.of(receipt.substring(USER_LENGTH + 1)).map(token -> name(user, token))
        : Optional.empty();
  }

  private static String name(String user, LinkToken token) {
    return user + "/" + token.hash();
  }

  /** Enough of the hash to find what belongs together. */
  private static String part(String id) {
    return Sha256.hex(id).substring(0, USER_LENGTH);
  }
}
