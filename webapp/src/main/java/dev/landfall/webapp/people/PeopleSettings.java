package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.session.Session;
import java.util.Set;

/**
 * What can be configured about people.
 *
 * @param operators who may take down what others publish, and read the audit trail
 * @param operatorGroups whoever is in one of them, as a token of another issuer says, is one, too
 * @param blocked how many people one may block
 * @param lookUps how often one may ask in a minute whose an address is
 */
public record PeopleSettings(
    Set<UserId> operators, Set<String> operatorGroups, int blocked, int lookUps) {
  /** No operators. */
  public static final PeopleSettings DEFAULT = new PeopleSettings(Set.of(), Set.of(), 1_000, 20);

  public PeopleSettings {
    operators = Set.copyOf(operators);
    operatorGroups = Set.copyOf(operatorGroups);
  }

  /** Whether whoever is calling is an operator of this server. */
  public boolean isOperator(Session session) {
    return operators.contains(session.user())
        || session.groups().stream().anyMatch(operatorGroups::contains);
  }

  /**
   * Finds that whoever is calling is an operator of this server.
   *
   * @throws SyncException if not
   */
  public void requireOperator(Session session) {
    if (!isOperator(session)) {
      throw new SyncException(SyncProblem.FORBIDDEN, "You are not an operator of this server");
    }
  }
}
