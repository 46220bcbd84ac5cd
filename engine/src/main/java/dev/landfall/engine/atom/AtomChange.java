package dev.landfall.engine.atom;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.json.JsonObject;
import java.util.Optional;

/**
 * A document as somebody wants it to be who has seen one version of it.
 *
 * @param owner whose document is meant, a user's or an organisation's id; one's own if absent
 * @param key empty if it is longer than a key may be
 * @param fields what it is to hold; empty for a deletion
 * @param version the one that has been seen, zero if there was no document
 */
public record AtomChange(
    CollectionName group,
    Optional<String> owner,
    Optional<DocumentKey> key,
    Optional<JsonObject> fields,
    long version) {}
