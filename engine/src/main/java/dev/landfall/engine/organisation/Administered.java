package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import java.time.Instant;

/** What an administrator is told of an organisation. */
public record Administered(OrganisationId id, String name, Instant createdAt) {}
