package dev.landfall.engine.query;

import dev.landfall.api.DocumentId;
import dev.landfall.api.json.JsonObject;

/**
 * A document that a query is tried on.
 *
 * @param revision the text form of its clock
 * @param fields without those of the protocol
 */
public record Candidate(DocumentId id, String revision, JsonObject fields) {}
