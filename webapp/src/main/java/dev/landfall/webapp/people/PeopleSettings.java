package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import java.util.Set;

/**
 * What can be configured about people.
 *
 * @param operators who may take down what others publish
 * @param blocked how many people one may block
 */
public record PeopleSettings(Set<UserId> operators, int blocked) {
  /** No operators. */
  public static final PeopleSettings DEFAULT = new PeopleSettings(Set.of(), 1_000);

  public PeopleSettings {
    operators = Set.copyOf(operators);
  }
}
