package dev.landfall.engine.simulation;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The devices of a world and their wall clocks, none of which is right. */
final class Devices {
  /** Where documents are. */
  static final List<CollectionName> COLLECTIONS =
      Stream.of("tasks", "plans", "diary").map(CollectionName::new).toList();

  private static final class DeviceClock {
    long offset;
    long frozenAt = -1;
  }

  private final World world;
  private final Client.Maker corrected;
  private final Map<String, DeviceClock> clocks = new HashMap<>();

  Devices(World world, Client.Maker corrected) {
    this.world = world;
    this.corrected = corrected;
  }

  void add(UserId user, String device, int number, SplittableRandom random) {
    DeviceClock clock = new DeviceClock();
    boolean existing = number < world.options.legacy() + world.options.adapters();
    long most = world.options.skew().millis;
    if (existing && !world.options.existingFarAhead()) {
      most = Math.min(most, Options.Skew.MINUTES.millis); // these cannot correct their clock
    }
    clock.offset = most == 0 ? 0 : random.nextLong(-most, most + 1);
    clocks.put(device, clock);
    LegacyClient.Clocks kept = LegacyClient.Clocks.values()[random.nextInt(3)];
    int limit = world.options.paging() && random.nextBoolean() ? 1 + random.nextInt(3) : 0;
    for (int c = 0; c < world.options.collections(); c++) {
      CollectionName collection = COLLECTIONS.get(c);
      Client client;
      if (number < world.options.legacy()) {
        client = new LegacyClient(device, collection, kept);
      } else if (existing) {
        client = new AdapterClient(collection);
      } else if (world.options.people().hasOwners()) {
        client = new CorrectedClient(device, collection, limit, user);
      } else {
        client = corrected.make(device, collection, limit);
      }
      sit(user, user, device, collection, client);
      for (OrganisationId organisation : world.community.organisations()) {
        Client there =
            new CorrectedClient(
                device + "-" + organisation.value(), collection, limit, organisation);
        sit(user, organisation, device, collection, there);
      }
    }
  }

  private void sit(
      UserId user, Owner owner, String device, CollectionName collection, Client client) {
    Seat seat =
        new Seat(
            user,
            owner,
            device,
            collection,
            client,
            id -> ledgers(id).computeIfAbsent(id.key().value(), unused -> new Ledger()));
    world.seats.add(seat);
    world.ledgersBySeat.put(seat, ledgers(seat.id("")));
  }

  private Map<String, Ledger> ledgers(DocumentId id) {
    return world.ledgers.computeIfAbsent(
        id.owner().value() + "/" + id.collection().value(), unused -> new LinkedHashMap<>());
  }

  /** What a device believes the time to be. */
  long wall(Seat seat) {
    DeviceClock clock = clockOf(seat);
    return clock.frozenAt >= 0 ? clock.frozenAt : world.now() + clock.offset;
  }

  /** Stops the clock of a device, or lets it go on as if it had not stood. */
  void freeze(Seat seat, boolean frozen) {
    clockOf(seat).frozenAt = frozen ? wall(seat) : -1;
  }

  private DeviceClock clockOf(Seat seat) {
    return Objects.requireNonNull(clocks.get(seat.device));
  }
}
