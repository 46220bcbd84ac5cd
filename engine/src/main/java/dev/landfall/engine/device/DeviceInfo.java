package dev.landfall.engine.device;

import dev.landfall.engine.people.DisplayName;
import java.util.Optional;

/**
 * What a device says of itself.
 *
 * @param name as its user calls it
 * @param platform such as {@code Android 15}
 * @param version of the client
 */
public record DeviceInfo(
    DeviceId id,
    Optional<DisplayName> name,
    Optional<DisplayName> platform,
    Optional<DisplayName> version) {}
