package dev.landfall.engine.erasure;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.organisation.Membership;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Deletes users and organisations. First a note is made of what is to be done, then it is decided
 * that the owner is gone, then everything is taken away, and last the note. Whatever breaks off is
 * completed by {@link #resume}; each step may be done again, and by several at once.
 */
public final class Erasures {
  /** The kind of the notes; the name is the owner. */
  static final String KIND = "erasure";

  private static final int PAGE = 100;

  private final Directory directory;
  private final SyncEngine engine;
  private final Organisations organisations;
  private final DeletedUsers deleted;
  private final InstantSource time;
  private final List<Trace> traces;
  private final Set<Owner> running = ConcurrentHashMap.newKeySet();

  /**
   * Erasures.
   *
   * @param traces in the order in which they go, the record of a user last
   */
  public Erasures(
      Directory directory,
      SyncEngine engine,
      Organisations organisations,
      DeletedUsers deleted,
      InstantSource time,
      List<Trace> traces) {
    this.directory = directory;
    this.engine = engine;
    this.organisations = organisations;
    this.deleted = deleted;
    this.time = time;
    this.traces = List.copyOf(traces);
  }

  static boolean isUnderWay(Directory directory, Owner owner) {
    return directory.find(KIND, owner.text()).isPresent();
  }

  /**
   * Deletes a user. From the moment the note is made the server completes this by itself.
   *
   * @param since when the session began that asks for it; in seconds since the Unix epoch
   * @param tokensEnd when the last token ends that somebody may hold, likewise
   * @return whether everything is gone; if not, the rest goes later
   * @throws SyncException if the user is the only administrator of organisations with other
   *     members; nothing has changed
   */
  public boolean user(UserId user, long since, long tokensEnd) {
    List<Membership> needing = organisations.needing(user);
    if (!needing.isEmpty()) {
      throw lastAdmin(needing);
    }
    long now = time.millis() / 1_000;
    note(user, Math.max(now, since), tokensEnd);
    return complete(user);
  }

  /** Whether it could be completed; false if it is noted and the database fails on the way. */
  private boolean complete(Owner owner) {
    try {
      run(owner);
      return true;
    } catch (SyncException e) {
      if (e.problem() != SyncProblem.UNAVAILABLE || !isNoted(owner)) {
        throw e;
      }
      return false;
    }
  }

  private boolean isNoted(Owner owner) {
    try {
      return isUnderWay(directory, owner);
    } catch (StoreUnavailableException e) {
      return false; // not known, so nothing is promised
    }
  }

  private static SyncException lastAdmin(List<Membership> needing) {
    List<JsonValue> named =
        needing.stream()
            .<JsonValue>map(
                one ->
                    JsonObject.builder()
                        .put("orgId", one.member().organisation().value())
                        .put("name", one.name())
                        .build())
            .toList();
    return new SyncException(
        SyncProblem.LAST_ADMIN,
        "You are the last administrator of organisations with other members",
        JsonObject.builder().put("orgs", new JsonArray(named)).build());
  }

  /**
   * Deletes an organisation.
   *
   * @return whether everything is gone; if not, the rest goes later
   * @throws SyncException if there is none, or {@code caller} is not its administrator
   */
  public boolean organisation(UserId caller, OrganisationId organisation) {
    organisations.requireAdmin(caller, organisation);
    note(organisation, time.millis() / 1_000, 0);
    return complete(organisation);
  }

  /** Deletes an organisation in which nobody is left. */
  public void abandoned(OrganisationId organisation) {
    erase(organisation);
  }

  private void erase(OrganisationId organisation) {
    note(organisation, time.millis() / 1_000, 0);
    run(organisation);
  }

  private void note(Owner owner, long since, long tokensEnd) {
    JsonObject content =
        JsonObject.builder()
            .put("since", since)
            .put("tokensEnd", tokensEnd)
            .put("notedAt", time.millis())
            .build();
    directory.write(new DirectoryRecord(KIND, owner.text(), 1, JsonText.bytes(content)));
  }

  /**
   * Completes what has broken off.
   *
   * @param age of the notes that are looked at: what is younger is perhaps still being done
   * @return how many were completed
   * @throws SyncException if one could not be
   */
  public int resume(Duration age) {
    int resumed = 0;
    Optional<SyncException> failure = Optional.empty();
    String after = "";
    List<DirectoryRecord> page;
    do {
      page = directory.list(KIND, after, PAGE);
      for (DirectoryRecord note : page) {
        after = note.name();
        Owner owner = Owner.parse(note.name());
        if (Content.number(note, "notedAt") <= time.millis() - age.toMillis()
            && !running.contains(owner)) {
          try {
            run(owner);
            resumed++;
          } catch (SyncException e) {
            failure = Optional.of(e); // the others are to be completed all the same
          }
        }
      }
    } while (page.size() == PAGE);
    if (failure.isPresent()) {
      throw failure.get();
    }
    return resumed;
  }

  private void run(Owner owner) {
    running.add(owner);
    try {
      Optional<DirectoryRecord> note = directory.find(KIND, owner.text());
      if (note.isEmpty()) {
        return; // somebody else has done it
      }
      if (owner instanceof UserId user) {
        run(user, note.get());
      } else if (owner instanceof OrganisationId organisation) {
        run(organisation, note.get());
      }
      engine.scrub(); // before nobody knows any more that there is something to let go of
      directory.remove(KIND, owner.text(), note.get().version());
      engine.scrub();
    } catch (SyncException e) {
      if (e.problem() != SyncProblem.CONFLICT || isUnderWay(directory, owner)) {
        throw e;
      }
    } catch (StoreUnavailableException e) {
      throw new SyncException(SyncProblem.UNAVAILABLE, e.reason().text(), e);
    } finally {
      running.remove(owner);
    }
  }

  private void run(UserId user, DirectoryRecord note) {
    long now = time.millis() / 1_000;
    boolean begun = deleted.deletedAt(user).orElse(-1) >= Content.number(note, "since");
    long deletedAt =
        Math.max(begun ? 0 : now, Content.number(note, "since")) + DeletedUsers.MARGIN_SECONDS;
    deleted.mark(user, deletedAt, Content.number(note, "tokensEnd"));
    engine.fence();
    engine.erase(user, () -> requireNoted(user, note));
    organisations.forget(user, this::erase);
    traces(user, note);
  }

  private void run(OrganisationId organisation, DirectoryRecord note) {
    organisations.close(organisation);
    organisations.dismiss(organisation);
    engine.fence();
    engine.erase(organisation, () -> requireNoted(organisation, note));
    traces(organisation, note);
    organisations.dismiss(organisation); // who was being let in when it was closed
    organisations.remove(organisation);
  }

  private void traces(Owner owner, DirectoryRecord note) {
    for (Trace trace : traces) {
      requireNoted(owner, note);
      trace.remove(owner);
    }
  }

  /** Who comes late must not delete what has been begun anew. */
  private void requireNoted(Owner owner, DirectoryRecord note) {
    if (!directory.find(KIND, owner.text()).equals(Optional.of(note))) {
      throw new SyncException(SyncProblem.CONFLICT, "somebody else has completed the deletion");
    }
  }
}
