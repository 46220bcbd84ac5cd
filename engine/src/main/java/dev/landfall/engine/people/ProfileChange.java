package dev.landfall.engine.people;

import java.util.Optional;

/**
 * A change of a profile; what is left out stays as it is.
 *
 * @param name empty in it: what the provider says again
 * @param picture empty in it: none
 */
public record ProfileChange(
    Optional<Optional<DisplayName>> name,
    Optional<Optional<Picture>> picture,
    Optional<Findable> findable) {
  Profile applyTo(Profile before) {
    return new Profile(
        name.orElse(before.name()),
        picture.orElse(before.picture()),
        findable.orElse(before.findable()));
  }
}
