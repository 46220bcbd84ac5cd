package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;

/**
 * Somebody's place in an organisation as the directory has it, and its next versions. It stays when
 * the member goes, so that versions never start again and a late write of an earlier time fails.
 *
 * @param version 0 if there is none
 * @param taken whether the user is a member
 * @param since when they became one, or ceased to be; milliseconds since the Unix epoch
 * @param used whether the member has ever acted in the organisation's name; until then the
 *     membership is somebody else's doing, and binds the member to nothing
 * @param founded whether the user has founded the organisation
 */
record MemberRecord(
    OrganisationId organisation,
    UserId user,
    long version,
    boolean taken,
    long since,
    boolean used,
    boolean founded) {
  static MemberRecord none(OrganisationId organisation, UserId user) {
    return new MemberRecord(organisation, user, 0, false, 0, false, false);
  }

  MemberRecord joined(long at, boolean wanted) {
    return new MemberRecord(organisation, user, version + 1, true, at, wanted, founded);
  }

  MemberRecord foundedAt(long at) {
    return new MemberRecord(organisation, user, version + 1, true, at, true, true);
  }

  MemberRecord left(long at) {
    return new MemberRecord(organisation, user, version + 1, false, at, false, founded);
  }

  MemberRecord usedNow() {
    return new MemberRecord(organisation, user, version + 1, taken, since, true, founded);
  }
}
