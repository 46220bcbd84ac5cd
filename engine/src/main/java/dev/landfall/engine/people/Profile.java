package dev.landfall.engine.people;

import java.util.Optional;

/** What somebody says of themselves. */
public record Profile(Optional<DisplayName> name, Optional<Picture> picture, Findable findable) {
  /** Of somebody who has said nothing. */
  static final Profile NONE = new Profile(Optional.empty(), Optional.empty(), Findable.NOBODY);
}
