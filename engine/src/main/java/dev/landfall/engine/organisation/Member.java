package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import java.time.Instant;

/** Somebody in an organisation. */
public record Member(OrganisationId organisation, UserId user, Role role, Instant joinedAt) {}
