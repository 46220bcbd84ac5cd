package dev.landfall.engine.people;

import dev.landfall.api.UserId;
import java.util.Optional;

/** What others are told of somebody. */
public record Person(UserId user, Optional<DisplayName> name, Optional<Picture> picture) {}
