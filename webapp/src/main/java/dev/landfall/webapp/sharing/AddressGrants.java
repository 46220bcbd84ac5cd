package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.document.PendingGrant;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Where documents are that somebody has shared with an address. Whether it still is the document
 * says; here is how whoever signs in with the address finds it. Safe for concurrent use.
 *
 * <p>The directory has {@code addressGrant}, hash of the address/hash of the place: the place,
 * written before the document and removed after it. Nothing is looked up when somebody shares, so
 * that an address of which there is an account is not told from another.
 */
public final class AddressGrants {
  /** The kind of record in the directory. */
  static final String KIND = "addressGrant";

  private static final int PAGE = 100;

  private final SyncEngine engine;
  private final Directory directory;
  private final SharingGuard guard;

  /** What is shared in {@code engine}. */
  public AddressGrants(SyncEngine engine, Directory directory, SharingGuard guard) {
    this.engine = engine;
    this.directory = directory;
    this.guard = guard;
  }

  /** Notes where whoever has an address finds a document, before it is shared with it. */
  void note(ApplicationName application, DocumentId id, List<PendingGrant> grants) {
    DocumentPlace place = new DocumentPlace(application, id);
    for (PendingGrant grant : grants) {
      String name = new EmailAddress(grant.address()).hash() + "/" + place.hash();
      directory.write(
          new DirectoryRecord(KIND, name, 1, JsonText.bytes(DocumentPlace.json(place))));
    }
  }

  /** Grants somebody what was shared with addresses that are theirs. */
  public void claim(UserId user, Set<EmailAddress> addresses) {
    for (EmailAddress address : addresses) {
      each(address, (application, ids) -> claim(application, user, address, ids));
    }
  }

  /** All at once; if there is no room for all, as many as there is room for. */
  private void claim(
      ApplicationName application, UserId user, EmailAddress address, List<DocumentId> ids) {
    try {
      engine.claim(application, user, address.value(), ids, guard);
    } catch (SyncException e) {
      if (e.problem() != SyncProblem.OUT_OF_ROOM) {
        throw e;
      }
      if (ids.size() > 1) {
        ids.forEach(id -> claim(application, user, address, List.of(id)));
      }
    }
  }

  /** Forgets addresses of somebody who is gone. */
  public void forget(Set<EmailAddress> addresses) {
    for (EmailAddress address : addresses) {
      each(address, (application, ids) -> engine.forget(application, address.value(), ids));
    }
  }

  /** Does something with the documents that are shared with an address, and forgets them then. */
  private void each(EmailAddress address, BiConsumer<ApplicationName, List<DocumentId>> work) {
    String prefix = address.hash() + "/";
    List<DirectoryRecord> page;
    do {
      page =
          directory.list(KIND, prefix, PAGE).stream()
              .takeWhile(record -> record.name().startsWith(prefix))
              .toList();
      Map<ApplicationName, List<DocumentId>> places = new LinkedHashMap<>();
      for (DirectoryRecord record : page) {
        DocumentPlace place = DocumentPlace.of(record.content());
        places.computeIfAbsent(place.application(), unused -> new ArrayList<>()).add(place.id());
      }
      places.forEach(
          (application, ids) -> {
            if (isThere(application)) {
              work.accept(application, ids);
            }
          });
      page.forEach(record -> directory.remove(KIND, record.name(), record.version()));
    } while (page.size() == PAGE);
  }

  private boolean isThere(ApplicationName application) {
    return engine.applications().stream().anyMatch(one -> one.name().equals(application));
  }

  /** Forgets the documents of {@code owner}, who is gone. */
  public void forget(Owner owner) {
    DocumentPlace.forget(directory, KIND, owner);
  }
}
