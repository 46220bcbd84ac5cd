package dev.landfall.client.replica;

import dev.landfall.api.json.JsonValue;
import java.util.Optional;

/**
 * Two edits that met. The server has already resolved it.
 *
 * @param field the path of the leaf, {@code _deleted} for the document as a whole
 * @param local what this device had; empty if it had removed it
 * @param remote what the server had
 * @param winner {@code local}, {@code remote} or {@code auto-merged}
 * @param result what it is now
 */
public record ResolvedConflict(
    DocumentAddress address,
    String field,
    Optional<JsonValue> local,
    Optional<JsonValue> remote,
    String winner,
    Optional<JsonValue> result) {}
