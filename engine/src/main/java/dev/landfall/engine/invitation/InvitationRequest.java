package dev.landfall.engine.invitation;

import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.people.EmailAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What an administrator wants of an invitation.
 *
 * @param address of the only one who may accept it
 * @param expiresAt milliseconds since the Unix epoch
 * @param uses how many may accept it
 */
public record InvitationRequest(
    Optional<EmailAddress> address, Role role, OptionalLong expiresAt, OptionalInt uses) {}
