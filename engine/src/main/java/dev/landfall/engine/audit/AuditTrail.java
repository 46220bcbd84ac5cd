package dev.landfall.engine.audit;

import dev.landfall.api.Bytes;
import dev.landfall.api.Owner;
import dev.landfall.api.Sha256;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * What has been done, newest first; entries are added and forgotten, and never changed but when
 * somebody in them is erased. Safe for concurrent use, also by several nodes.
 *
 * <p>The directory has each entry once as {@code audit}, and for each whom it concerns an empty
 * record {@code auditOf} whose name is a hash of theirs and the entry's. The entry is written first
 * and removed last: one without its other records is seen by operators alone, and is forgotten like
 * any. ADR 31.
 */
public final class AuditTrail {
  private static final String KIND = "audit";
  private static final String OF = "auditOf";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{16}");
  private static final int PAGE = 500;
  private static final int MAX_ATTEMPTS = 100;

  /** A millisecond has so many places for entries of one node, as a power of two. */
  private static final int PLACES = 12;

  private final Directory directory;
  private final InstantSource time;
  private final LongSupplier random;
  private final AtomicLong last = new AtomicLong();

  /**
   * The trail in {@code directory}.
   *
   * @param random tells entries of several nodes apart
   */
  public AuditTrail(Directory directory, InstantSource time, LongSupplier random) {
    this.directory = directory;
    this.time = time;
    this.random = random;
  }

  /**
   * Some of it.
   *
   * @param after where the next page begins; empty if this is the last
   */
  public record Page(List<AuditEntry> entries, Optional<String> after) {
    public Page {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Reads where a page begins.
   *
   * @throws IllegalArgumentException if it begins nowhere
   */
  public static String place(String text) {
    if (!ID.matcher(text).matches()) {
      throw new IllegalArgumentException("must be the \"after\" of a page");
    }
    return text;
  }

  /** Adds an entry, durably. */
  public void add(AuditEntry entry) {
    long tick =
        last.updateAndGet(before -> Math.max(before + 1, entry.at().toEpochMilli() << PLACES));
    String id = id(tick) + "-" + HexFormat.of().toHexDigits(random.getAsLong());
    directory.write(new DirectoryRecord(KIND, id, 1, JsonText.bytes(json(entry))));
    for (Owner concerned : entry.concerns()) {
      directory.write(new DirectoryRecord(OF, prefix(concerned) + id, 1, Bytes.EMPTY));
    }
  }

  /** So that what is later comes first. */
  private static String id(long tick) {
    return HexFormat.of().toHexDigits(Long.MAX_VALUE - tick);
  }

  /**
   * All of it, newest first.
   *
   * @param after what the page before ended with
   * @param limit 1 to 1,000
   */
  public Page all(Optional<String> after, int limit) {
    List<AuditEntry> entries = new ArrayList<>();
    List<DirectoryRecord> page = directory.list(KIND, after.orElse(""), limit);
    for (DirectoryRecord record : page) {
      entries.add(entry(record));
    }
    return new Page(entries, next(page.stream().map(DirectoryRecord::name).toList(), limit));
  }

  /**
   * What concerns somebody, newest first.
   *
   * @param after what the page before ended with
   * @param limit 1 to 1,000
   */
  public Page of(Owner concerned, Optional<String> after, int limit) {
    List<AuditEntry> entries = new ArrayList<>();
    List<String> ids = ids(concerned, after.orElse(""), limit);
    for (String id : ids) {
      directory
          .find(KIND, id)
          .map(AuditTrail::entry)
          .filter(entry -> entry.concerns().contains(concerned))
          .ifPresent(entries::add);
    }
    return new Page(entries, next(ids, limit));
  }

  private List<String> ids(Owner concerned, String after, int limit) {
    String prefix = prefix(concerned);
    return directory.list(OF, prefix + after, limit).stream()
        .map(DirectoryRecord::name)
        .takeWhile(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  private static Optional<String> next(List<String> ids, int limit) {
    return ids.size() < limit ? Optional.empty() : Optional.of(ids.get(ids.size() - 1));
  }

  /**
   * Takes somebody who is gone out of it. What concerns nobody else goes, from the rest the name
   * and the address.
   */
  public void erase(Owner gone) {
    List<String> ids;
    do {
      ids = ids(gone, "", PAGE);
      for (String id : ids) {
        eraseFrom(id, gone);
        remove(OF, prefix(gone) + id);
      }
    } while (!ids.isEmpty());
  }

  private void eraseFrom(String id, Owner gone) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<DirectoryRecord> record = directory.find(KIND, id);
      if (record.isEmpty()) {
        return;
      }
      long version = record.get().version();
      AuditEntry rest = entry(record.get()).without(gone);
      boolean done =
          rest.concerns().isEmpty()
              ? directory.remove(KIND, id, version)
              : directory.write(
                  new DirectoryRecord(KIND, id, version + 1, JsonText.bytes(json(rest))));
      if (done) {
        return;
      }
    }
    throw new IllegalStateException("an entry is changed by too many at the same time");
  }

  /**
   * Forgets what is older.
   *
   * @return how many entries
   */
  public int forget(Duration age) {
    long oldest = Math.max(0, time.millis() - age.toMillis());
    String after = id(oldest << PLACES);
    int forgotten = 0;
    List<DirectoryRecord> page;
    do {
      page = directory.list(KIND, after, PAGE);
      for (DirectoryRecord record : page) {
        after = record.name();
        for (Owner concerned : entry(record).concerns()) {
          remove(OF, prefix(concerned) + record.name());
        }
        if (directory.remove(KIND, record.name(), record.version())) {
          forgotten++;
        }
      }
    } while (page.size() == PAGE);
    return forgotten;
  }

  private void remove(String kind, String name) {
    directory.find(kind, name).ifPresent(record -> directory.remove(kind, name, record.version()));
  }

  /** Of a fixed length, so that nobody's begins with somebody else's. */
  private static String prefix(Owner concerned) {
    return Sha256.hex(concerned.text()) + "/";
  }

  private static JsonObject json(AuditEntry entry) {
    JsonObject.Builder on = JsonObject.builder();
    entry.on().forEach(on::put);
    JsonObject.Builder json =
        JsonObject.builder()
            .put("at", entry.at().toEpochMilli())
            .put("what", entry.what())
            .put("on", on.build())
            .put(
                "concerns",
                new JsonArray(
                    entry.concerns().stream()
                        .<JsonValue>map(owner -> new JsonString(owner.text()))
                        .toList()));
    entry.who().ifPresent(who -> json.put("who", who.value()));
    entry.from().ifPresent(from -> json.put("from", from));
    return json.build();
  }

  private static AuditEntry entry(DirectoryRecord record) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject json
          && json.get("at") instanceof JsonNumber at
          && json.get("what") instanceof JsonString what
          && json.get("on") instanceof JsonObject on
          && json.get("concerns") instanceof JsonArray concerns) {
        Map<String, String> things = new TreeMap<>();
        on.members().forEach((kind, id) -> things.put(kind, text(id)));
        Set<Owner> owners = new HashSet<>();
        concerns.values().forEach(owner -> owners.add(Owner.parse(text(owner))));
        return new AuditEntry(
            Instant.ofEpochMilli(at.value().longValueExact()),
            Optional.ofNullable(json.get("who")).map(who -> new UserId(text(who))),
            what.value(),
            things,
            Optional.ofNullable(json.get("from")).map(AuditTrail::text),
            owners);
      }
    } catch (JsonFormatException | IllegalArgumentException e) {
      throw new IllegalStateException("a record of kind " + record.kind() + " is damaged", e);
    }
    throw new IllegalStateException("a record of kind " + record.kind() + " is damaged");
  }

  private static String text(JsonValue value) {
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw new IllegalArgumentException("is no text");
  }
}
