package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the directory holds of organisations, by kind and name.
 *
 * <ul>
 *   <li>{@code org}, organisation: the {@link OrganisationRecord}; while one is being deleted, its
 *       name and that it is closed, which is the same as none
 *   <li>{@code orgName}, {@link OrganisationName#key()}: to which organisation the name belongs,
 *       once that has a record. Whoever deletes an organisation takes its name away before the
 *       record, or the next to create one of that name gets its id
 *   <li>{@code orgMember}, organisation/user: the {@link MemberRecord}
 *   <li>{@code orgMembership}, user/organisation: that there may be an {@code orgMember}; stays
 *       when the member goes
 *   <li>{@code orgDeparture}, organisation/user: that a removal may have begun, and when
 * </ul>
 *
 * Ids have no slash.
 */
final class OrganisationDirectory {
  private static final String ORGANISATION = "org";
  private static final String NAME = "orgName";
  private static final String MEMBER = "orgMember";
  private static final String MEMBERSHIP = "orgMembership";
  private static final String DEPARTURE = "orgDeparture";
  private static final char SLASH = '/';

  private static final int MAX_ATTEMPTS = 100;

  private final Directory directory;

  OrganisationDirectory(Directory directory) {
    this.directory = directory;
  }

  // ---- organisations

  Optional<OrganisationRecord> organisation(OrganisationId id) {
    return directory
        .find(ORGANISATION, id.value())
        .filter(stored -> !isClosed(stored))
        .map(stored -> organisation(id, stored));
  }

  /** Those that are not closed, by id. */
  Page<OrganisationRecord> all(Optional<OrganisationId> after, int limit) {
    List<DirectoryRecord> found =
        directory.list(ORGANISATION, after.map(OrganisationId::value).orElse(""), limit);
    return new Page<>(
        found.stream()
            .filter(stored -> !isClosed(stored))
            .map(stored -> organisation(new OrganisationId(stored.name()), stored))
            .toList(),
        found.size() < limit ? Optional.empty() : Optional.of(found.get(limit - 1).name()));
  }

  private static boolean isClosed(DirectoryRecord stored) {
    return content(stored).get("closed") == JsonBoolean.TRUE;
  }

  /** Closes an organisation if the stored record is the one given. */
  boolean close(OrganisationRecord record) {
    JsonObject content =
        JsonObject.builder().put("name", record.name()).put("closed", true).build();
    return write(ORGANISATION, record.id().value(), record.version() + 1, content);
  }

  /** Removes a closed organisation: its name, then its record. */
  void removeClosed(OrganisationId id) {
    directory
        .find(ORGANISATION, id.value())
        .filter(OrganisationDirectory::isClosed)
        .ifPresent(
            stored -> {
              String key = new OrganisationName(text(content(stored), "name")).key();
              directory
                  .find(NAME, key)
                  .filter(name -> text(content(name), "orgId").equals(id.value()))
                  .ifPresent(name -> directory.remove(NAME, name.name(), name.version()));
              directory.remove(ORGANISATION, id.value(), stored.version());
            });
  }

  /** Writes a record if the stored one has the version before it. */
  boolean write(OrganisationRecord record) {
    List<JsonValue> admins =
        record.admins().stream().<JsonValue>map(user -> new JsonString(user.value())).toList();
    List<JsonValue> leaving =
        record.leaving().stream()
            .<JsonValue>map(
                one ->
                    JsonObject.builder()
                        .put("userId", one.user().value())
                        .put("mark", one.mark())
                        .build())
            .toList();
    JsonObject content =
        JsonObject.builder()
            .put("name", record.name())
            .put("createdAt", record.createdAt())
            .put("admins", new JsonArray(admins))
            .put("leaving", new JsonArray(leaving))
            .build();
    return write(ORGANISATION, record.id().value(), record.version(), content);
  }

  private static OrganisationRecord organisation(OrganisationId id, DirectoryRecord stored) {
    JsonObject content = content(stored);
    return new OrganisationRecord(
        id,
        stored.version(),
        text(content, "name"),
        number(content, "createdAt"),
        list(content, "admins").stream()
            .map(user -> new UserId(((JsonString) user).value()))
            .toList(),
        list(content, "leaving").stream()
            .map(
                one ->
                    new Departure(
                        new UserId(text((JsonObject) one, "userId")),
                        number((JsonObject) one, "mark")))
            .toList());
  }

  /**
   * The id of the organisation that has the name, or will have it. Everybody who asks gets the same
   * one; it is theirs who write its first record.
   */
  Optional<OrganisationId> reserve(OrganisationName name, Supplier<OrganisationId> ids) {
    Optional<OrganisationId> reserved = reserved(name);
    if (reserved.isPresent()) {
      return reserved;
    }
    OrganisationId id = ids.get();
    JsonObject content = JsonObject.builder().put("orgId", id.value()).build();
    return write(NAME, name.key(), 1, content) ? Optional.of(id) : reserved(name);
  }

  private Optional<OrganisationId> reserved(OrganisationName name) {
    return directory
        .find(NAME, name.key())
        .map(stored -> new OrganisationId(text(content(stored), "orgId")));
  }

  // ---- members

  MemberRecord member(OrganisationId organisation, UserId user) {
    return directory
        .find(MEMBER, name(organisation.value(), user.value()))
        .map(stored -> member(organisation, user, stored))
        .orElse(MemberRecord.none(organisation, user));
  }

  /** Writes a record if the stored one has the version before it. */
  boolean write(MemberRecord record) {
    JsonObject content =
        JsonObject.builder()
            .put("taken", record.taken())
            .put("since", record.since())
            .put("used", record.used())
            .put("founded", record.founded())
            .build();
    String name = name(record.organisation().value(), record.user().value());
    return write(MEMBER, name, record.version(), content);
  }

  /** Places in an organisation, those of former members too, by user. */
  Page<MemberRecord> members(OrganisationId organisation, Optional<UserId> after, int limit) {
    return page(
        MEMBER,
        organisation.value(),
        after.map(UserId::value),
        limit,
        stored -> member(organisation, new UserId(second(stored)), stored));
  }

  private static MemberRecord member(
      OrganisationId organisation, UserId user, DirectoryRecord stored) {
    JsonObject content = content(stored);
    return new MemberRecord(
        organisation,
        user,
        stored.version(),
        content.get("taken") == JsonBoolean.TRUE,
        number(content, "since"),
        content.get("used") == JsonBoolean.TRUE,
        content.get("founded") == JsonBoolean.TRUE);
  }

  /**
   * Forgets that a user has or had a place in an organisation. What breaks off is found again by
   * what is noted of the user.
   */
  void remove(OrganisationId organisation, UserId user) {
    remove(MEMBER, name(organisation.value(), user.value()));
    remove(MEMBERSHIP, name(user.value(), organisation.value()));
    remove(DEPARTURE, name(organisation.value(), user.value()));
  }

  /** The same; what breaks off is found again by the places in the organisation. */
  void dismiss(OrganisationId organisation, UserId user) {
    remove(MEMBERSHIP, name(user.value(), organisation.value()));
    remove(MEMBER, name(organisation.value(), user.value()));
  }

  private void remove(String kind, String name) {
    for (Optional<DirectoryRecord> stored = directory.find(kind, name);
        stored.isPresent() && !directory.remove(kind, name, stored.get().version()); ) {
      stored = directory.find(kind, name);
    }
  }

  /** Notes that a user may have a place in an organisation. */
  void note(UserId user, OrganisationId organisation) {
    write(MEMBERSHIP, name(user.value(), organisation.value()), 1, JsonObject.EMPTY);
  }

  /** Organisations a user may have a place in. */
  Page<OrganisationId> noted(UserId user, Optional<OrganisationId> after, int limit) {
    return page(
        MEMBERSHIP,
        user.value(),
        after.map(OrganisationId::value),
        limit,
        stored -> new OrganisationId(second(stored)));
  }

  // ---- removals

  /** A removal that may have begun. */
  record Begun(OrganisationId organisation, UserId user, long notedAt, long version) {
    private String name() {
      return OrganisationDirectory.name(organisation.value(), user.value());
    }
  }

  /** Notes that the removal of a member is about to begin. */
  void noteDeparture(OrganisationId organisation, UserId user, long notedAt) {
    String name = name(organisation.value(), user.value());
    JsonObject content = JsonObject.builder().put("notedAt", notedAt).build();
    boolean noted = false;
    for (int attempt = 0; attempt < MAX_ATTEMPTS && !noted; attempt++) {
      long version = directory.find(DEPARTURE, name).map(DirectoryRecord::version).orElse(0L);
      noted = write(DEPARTURE, name, version + 1, content);
    }
  }

  /** Forgets that the removal of a member had begun: it is complete. */
  void forgetDeparture(OrganisationId organisation, UserId user) {
    String name = name(organisation.value(), user.value());
    directory
        .find(DEPARTURE, name)
        .ifPresent(stored -> directory.remove(DEPARTURE, name, stored.version()));
  }

  /** Forgets a removal that has not begun, unless it has been noted again. */
  void forget(Begun begun) {
    directory.remove(DEPARTURE, begun.name(), begun.version());
  }

  /** Removals that may have begun, of all organisations. */
  List<Begun> departures(Optional<Begun> after, int limit) {
    return directory.list(DEPARTURE, after.map(Begun::name).orElse(""), limit).stream()
        .map(
            stored ->
                new Begun(
                    new OrganisationId(stored.name().substring(0, stored.name().indexOf(SLASH))),
                    new UserId(second(stored)),
                    number(content(stored), "notedAt"),
                    stored.version()))
        .toList();
  }

  // ---- records

  private static String name(String first, String second) {
    return first + SLASH + second;
  }

  private static String second(DirectoryRecord stored) {
    return stored.name().substring(stored.name().indexOf(SLASH) + 1);
  }

  private boolean write(String kind, String name, long version, JsonObject content) {
    return directory.write(new DirectoryRecord(kind, name, version, JsonText.bytes(content)));
  }

  private <T> Page<T> page(
      String kind,
      String first,
      Optional<String> after,
      int limit,
      Function<DirectoryRecord, T> read) {
    String prefix = name(first, "");
    List<DirectoryRecord> found =
        directory.list(kind, prefix + after.orElse(""), limit).stream()
            .takeWhile(stored -> stored.name().startsWith(prefix))
            .toList();
    return new Page<>(
        found.stream().map(read).toList(),
        found.size() < limit ? Optional.empty() : Optional.of(second(found.get(limit - 1))));
  }

  private static JsonObject content(DirectoryRecord stored) {
    try {
      return (JsonObject) JsonText.parse(stored.content().toArray());
    } catch (JsonFormatException e) {
      throw new IllegalStateException("not JSON: a record of kind " + stored.kind(), e);
    }
  }

  private static String text(JsonObject content, String member) {
    if (content.get(member) instanceof JsonString text) {
      return text.value();
    }
    throw new IllegalStateException("a record without " + member);
  }

  private static long number(JsonObject content, String member) {
    if (content.get(member) instanceof JsonNumber number) {
      return number.value().longValueExact();
    }
    throw new IllegalStateException("a record without " + member);
  }

  private static List<JsonValue> list(JsonObject content, String member) {
    if (content.get(member) instanceof JsonArray array) {
      return array.values();
    }
    throw new IllegalStateException("a record without " + member);
  }
}
