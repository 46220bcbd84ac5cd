package dev.landfall.engine.invitation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.people.EmailAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An invitation into an organisation.
 *
 * @param id the hash of its token, which nobody is told again
 * @param address of the only one who may accept it
 * @param createdAt milliseconds since the Unix epoch
 * @param expiresAt milliseconds since the Unix epoch
 * @param uses how many may still accept it
 * @param takers those who have accepted it
 */
public record Invitation(
    String id,
    OrganisationId organisation,
    UserId inviter,
    Optional<EmailAddress> address,
    Role role,
    long createdAt,
    long expiresAt,
    int uses,
    List<Taker> takers) {
  public Invitation {
    takers = List.copyOf(takers);
  }

  /**
   * Somebody who has accepted an invitation.
   *
   * @param place the version of their place in the organisation at that moment: as long as it has
   *     this one, they are still to be let in
   */
  public record Taker(UserId user, long place) {}

  Optional<Taker> taker(UserId user) {
    return takers.stream().filter(one -> one.user().equals(user)).findFirst();
  }

  /** The same, accepted by one more. */
  Invitation takenBy(Taker taker) {
    List<Taker> next = new ArrayList<>(takers);
    next.add(taker);
    return with(uses - 1, next);
  }

  /** The same, in which somebody who is gone is not named any more. */
  Invitation without(UserId gone) {
    return with(uses, takers.stream().filter(one -> !one.user().equals(gone)).toList());
  }

  private Invitation with(int nextUses, List<Taker> nextTakers) {
    return new Invitation(
        id, organisation, inviter, address, role, createdAt, expiresAt, nextUses, nextTakers);
  }

  JsonObject json() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("orgId", organisation.value())
            .put("inviter", inviter.value())
            .put("role", role.text())
            .put("createdAt", createdAt)
            .put("expiresAt", expiresAt)
            .put("uses", uses)
            .put(
                "takers",
                new JsonArray(
                    takers.stream()
                        .<JsonValue>map(
                            one ->
                                JsonObject.builder()
                                    .put("userId", one.user().value())
                                    .put("place", one.place())
                                    .build())
                        .toList()));
    address.ifPresent(one -> json.put("address", one.value()));
    return json.build();
  }

  static Invitation of(Kept kept) {
    return new Invitation(
        kept.name(),
        new OrganisationId(kept.text("orgId")),
        new UserId(kept.text("inviter")),
        kept.optionalText("address").map(EmailAddress::new),
        Role.parse(kept.text("role")),
        kept.number("createdAt"),
        kept.number("expiresAt"),
        (int) kept.number("uses"),
        kept.objects("takers").stream()
            .map(one -> new Kept(kept.kind(), kept.name(), kept.version(), one))
            .map(one -> new Taker(new UserId(one.text("userId")), one.number("place")))
            .toList());
  }
}
