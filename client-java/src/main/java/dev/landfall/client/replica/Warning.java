package dev.landfall.client.replica;

import dev.landfall.api.json.JsonObject;
import java.util.Optional;

/**
 * Something that the server did not do, or did otherwise than it was asked to, and that is no
 * refusal.
 *
 * @param code {@code clock_behind} for an edit whose clock was too old to count, and others
 * @param address of the document, if it is about one
 * @param field the path of the leaf, if it is about one
 * @param details all that the server said
 */
public record Warning(
    String code, Optional<DocumentAddress> address, Optional<String> field, JsonObject details) {}
