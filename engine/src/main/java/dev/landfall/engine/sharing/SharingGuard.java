package dev.landfall.engine.sharing;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Admission;
import java.util.Set;

/**
 * What the directory has to say to a change of sharing. Asked inside the commit, as {@link
 * Admission} is: who changes the answer makes a commit of nothing before that is acknowledged.
 */
public interface SharingGuard {
  /** Nobody administers anything, and everybody takes what they are given. */
  SharingGuard NONE =
      new SharingGuard() {
        @Override
        public boolean administers(UserId user, OrganisationId organisation) {
          return false;
        }

        @Override
        public Set<UserId> blockersOf(UserId giver) {
          return Set.of();
        }
      };

  /** Whether {@code user} is an administrator of {@code organisation}. */
  boolean administers(UserId user, OrganisationId organisation);

  /** Those who take nothing from {@code giver}. */
  Set<UserId> blockersOf(UserId giver);
}
