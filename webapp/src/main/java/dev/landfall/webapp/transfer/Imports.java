package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.SharingPatch;
import dev.landfall.engine.transfer.Importing;
import dev.landfall.engine.transfer.Incoming;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.FairPermits;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.sharing.SharingRules;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes exports back. A file is kept on disk, without a name where the system allows that, and read
 * twice: once to find that nothing is wrong with it, once to store it. Safe for concurrent use.
 */
public final class Imports {
  private static final String LINES = "application/x-ndjson";
  private static final List<String> TYPES = List.of("application/json", LINES);

  /** Each holds a thread, a file and some memory for each document. */
  private static final int AT_ONCE = 4;

  /** A document has its clocks with it, which may be longer than itself. */
  private static final long BYTES_PER_BYTE = 8;

  private final SyncEngine engine;
  private final Memberships memberships;
  private final SharingRules rules;
  private final SharingGuard guard;
  private final Body body;
  private final long maxBytes;
  private final int maxValue;
  private final FairPermits places = new FairPermits(AT_ONCE);

  /**
   * Imports into {@code engine}.
   *
   * @param documentBytes how large a document may be
   */
  public Imports(
      SyncEngine engine,
      Memberships memberships,
      SharingGuard guard,
      Body body,
      TransferSettings settings,
      long documentBytes) {
    this.engine = engine;
    this.memberships = memberships;
    this.rules = new SharingRules(memberships);
    this.guard = guard;
    this.body = body;
    this.maxBytes = settings.importBytes();
    this.maxValue = (int) Math.min(Integer.MAX_VALUE, documentBytes * BYTES_PER_BYTE);
  }

  /**
   * Who imports what for whom.
   *
   * @param kind whose export it has to be, {@code user} or {@code org}
   * @param right is asked inside each commit
   * @param replaces whether what is not in the file is deleted
   */
  private record Task(
      UserId importer, Owner owner, String kind, Admission right, boolean replaces) {}

  /** What an import did. */
  private static final class Counts {
    private long documents;
    private long deleted;
    private long shared;
    private long withheld;
    private long left;
  }

  /**
   * Imports the body of a request.
   *
   * @param kind whose export it has to be, {@code user} or {@code org}
   * @param right is asked inside each commit
   * @return what to answer
   */
  JsonObject run(
      HttpServletRequest http,
      Query query,
      UserId importer,
      Owner owner,
      String kind,
      Admission right) {
    boolean replaces = query.optional("mode", Imports::replaces).orElse(false);
    if (!places.enter(importer.value())) {
      throw new SyncException(SyncProblem.RATE_LIMITED, "too many imports are going on already");
    }
    try {
      return run(http, new Task(importer, owner, kind, right, replaces));
    } catch (IOException e) {
      throw new SyncException(SyncProblem.UNAVAILABLE, "the file cannot be kept at the moment", e);
    } finally {
      places.leave(importer.value());
    }
  }

  private static boolean replaces(String mode) {
    return switch (mode) {
      case "merge" -> false;
      case "replace" -> true;
      default -> throw new IllegalArgumentException("must be merge or replace");
    };
  }

  private JsonObject run(HttpServletRequest http, Task task) throws IOException {
    Path path = Files.createTempFile("landfall-import-", ".tmp"); // for this user alone
    try (FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      OutputStream out = Channels.newOutputStream(file);
      body.copy(http, TYPES, maxBytes, task.importer().value(), out);
      return apply(new ImportFile(file, isLines(http), maxValue), task);
    } finally {
      Files.deleteIfExists(path);
    }
  }

  private static boolean isLines(HttpServletRequest http) {
    return http.getContentType().toLowerCase(Locale.ROOT).startsWith(LINES);
  }

  private JsonObject apply(ImportFile file, Task task) throws IOException {
    Map<ApplicationName, Importing> applications = new LinkedHashMap<>();
    for (ApplicationDefinition one : engine.applications()) {
      applications.put(
          one.name(),
          engine.importing(one.name(), task.importer(), task.owner(), task.right(), guard));
    }
    Set<ApplicationName> former = new HashSet<>(engine.storedApplications());
    former.removeAll(applications.keySet());
    ImportCheck check = new ImportCheck(applications, former, task.owner(), task.kind());
    file.read(check);
    check.finish(task.replaces());
    Counts counts = new Counts();
    write(file, task, applications, counts);
    share(file, task, applications, counts);
    if (task.replaces()) {
      applications.values().forEach(one -> counts.deleted += one.removeOthers());
    }
    JsonObject.Builder imported =
        JsonObject.builder()
            .put("documents", counts.documents)
            .put("deleted", counts.deleted)
            .put("shared", counts.shared)
            .put("withheld", counts.withheld);
    if (counts.left > 0) {
      imported.put("left", counts.left);
    }
    return JsonObject.builder().put("imported", imported.build()).build();
  }

  private static void write(
      ImportFile file, Task task, Map<ApplicationName, Importing> applications, Counts counts)
      throws IOException {
    Batches<Incoming.Fields> batches =
        new Batches<>(
            (application, documents) -> {
              importing(applications, application).write(documents, task.replaces());
              counts.documents += documents.size();
            });
    file.read(
        new ImportFile.Reader() {
          @Override
          public void document(
              String place, String application, String collection, JsonValue json) {
            ApplicationName app = new ApplicationName(application);
            if (!applications.containsKey(app)) {
              counts.left++;
              return;
            }
            Incoming.Fields document =
                ImportedText.document(place, new CollectionName(collection), json, task.owner());
            batches.add(app, document, JsonText.bytes(document.fields()).length());
          }
        });
    batches.flush();
  }

  private void share(
      ImportFile file, Task task, Map<ApplicationName, Importing> applications, Counts counts)
      throws IOException {
    Batches<Incoming.Entry> batches =
        new Batches<>(
            (application, entries) -> {
              Importing.Shared shared = importing(applications, application).share(entries);
              counts.shared += shared.shared();
              counts.withheld += shared.withheld();
            });
    file.read(
        new ImportFile.Reader() {
          @Override
          public void entry(String place, JsonValue json) {
            ImportedText.Entry entry = ImportedText.entry(place, json);
            if (applications.containsKey(entry.application())) {
              batches.add(entry.application(), incoming(entry, task), 100);
            }
          }
        });
    batches.flush();
  }

  private Incoming.Entry incoming(ImportedText.Entry entry, Task task) {
    SharingPatch patch = entry.sharing();
    return new Incoming.Entry(
        entry.collection(),
        entry.key(),
        sharing -> rules.restored(patch, task.replaces(), sharing, task.importer(), task.owner()),
        entry.createdMillis(),
        creator(entry.creator(), task),
        !patch.visibility().equals(Optional.of(Visibility.PRIVATE)));
  }

  /** In an organisation, whoever wrote a document first, if they are still a member. */
  private Optional<UserId> creator(UserId named, Task task) {
    return task.owner() instanceof OrganisationId organisation
            && !named.equals(task.importer())
            && memberships.isMember(organisation, named)
        ? Optional.of(named)
        : Optional.empty();
  }

  private static Importing importing(
      Map<ApplicationName, Importing> applications, ApplicationName name) {
    return Optional.ofNullable(applications.get(name)).orElseThrow();
  }
}
