package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.transfer.Importing;
import dev.landfall.engine.transfer.Incoming;
import dev.landfall.engine.transfer.KnownKeys;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Finds what is wrong with a file before anything of it is stored. For one reading. */
final class ImportCheck implements ImportFile.Reader {
  /** How many documents a file has at most. */
  static final int MAX_DOCUMENTS = 2_000_000;

  private final Map<ApplicationName, Importing> applications;
  private final Set<ApplicationName> former;
  private final Owner owner;
  private final String kind;
  private final KnownKeys keys = new KnownKeys(MAX_DOCUMENTS);
  private final Map<ApplicationName, Set<CollectionName>> collections = new HashMap<>();
  private boolean whole;

  /**
   * A check.
   *
   * @param former applications that are left out
   * @param kind {@code user} or {@code org}: whose export it has to be
   */
  ImportCheck(
      Map<ApplicationName, Importing> applications,
      Set<ApplicationName> former,
      Owner owner,
      String kind) {
    this.applications = applications;
    this.former = Set.copyOf(former);
    this.owner = owner;
    this.kind = kind;
  }

  @Override
  public void owner(String place, String found) {
    if (!found.equals(kind)) {
      throw SyncException.badRequest(
          place,
          kind.equals("user")
              ? "this is the export of an organisation; import it at /orgs/{orgId}/import"
              : "this is the export of an account; import it at /account/import");
    }
  }

  @Override
  public void document(String place, String application, String collection, JsonValue json) {
    ApplicationName app = ImportedText.name(place, application, ApplicationName::new);
    if (former.contains(app)) {
      return;
    }
    CollectionName name = ImportedText.name(place, collection, CollectionName::new);
    Importing importing = known(place, app);
    Incoming.Fields document = ImportedText.document(place, name, json, owner);
    importing
        .problem(name, document.fields())
        .ifPresent(
            found -> {
              throw new SyncException(found.problem(), place + ": " + found.text());
            });
    if (!keys.add(app, name, document.key())) {
      throw SyncException.badRequest(place + "._key", "there is a document of this key already");
    }
    if (keys.size() == MAX_DOCUMENTS) {
      throw new SyncException(
          SyncProblem.TOO_LARGE, place + ": there are more than " + MAX_DOCUMENTS + " documents");
    }
    collections.computeIfAbsent(app, one -> new HashSet<>()).add(name);
  }

  @Override
  public void entry(String place, JsonValue json) {
    ApplicationName app = ImportedText.entry(place, json).application();
    if (!former.contains(app)) {
      known(place + ".app", app);
    }
  }

  @Override
  public void end() {
    whole = true;
  }

  /** Finds that there may be as many collections, and, if that matters, that nothing is missing. */
  void finish(boolean replaces) {
    if (replaces && !whole) {
      throw SyncException.badRequest(
          "body",
          "docs is missing, or with lines the one of type \"end\", so that it may be a part of an"
              + " export only; a part cannot replace what is there");
    }
    collections.forEach((application, names) -> known("docs", application).checkCollections(names));
  }

  private Importing known(String place, ApplicationName application) {
    Importing known = applications.get(application);
    if (known == null) {
      throw SyncException.badRequest(place, "there is no such application");
    }
    return known;
  }
}
