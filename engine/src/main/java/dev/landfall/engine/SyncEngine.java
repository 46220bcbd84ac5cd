package dev.landfall.engine;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.atom.AtomPull;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.FullScans;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.sharing.SharedPage;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.TakenDown;
import dev.landfall.engine.sync.FeedFollowers;
import dev.landfall.engine.sync.News;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.engine.transfer.Importing;
import dev.landfall.engine.transfer.OwnedDocuments;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Synchronisation for all configured applications over one store: one of these for each run of a
 * server node. It starts no thread and reads no clock but the one it is given. Safe for concurrent
 * use.
 */
public final class SyncEngine {
  /** How many versions a page of history has at most. */
  public static final int MAX_VERSIONS = 200;

  private static final int TOKEN_BYTES = 16;
  private static final int PURGE_BATCH = 1_000;
  private static final int FULL_SCANS_PER_PROCESSOR = 2;

  private final Map<ApplicationName, ApplicationSync> applications;
  private final Map<ApplicationName, ApplicationDefinition> definitions;
  private final StoreBackend store;
  private final Function<ApplicationDefinition, ApplicationSync> making;
  private final Optional<Admission> admission;
  private final FullScans fullScans;
  private final String epoch;

  /** An engine for callers who have been found to be whom they say, and stay so. */
  public SyncEngine(
      StoreBackend store,
      Collection<ApplicationDefinition> definitions,
      SyncSettings settings,
      InstantSource time,
      RandomGenerator random,
      EngineObserver observer) {
    this(store, definitions, settings, time, random, Admission.ALL, observer);
  }

  /**
   * An engine.
   *
   * @param random gives the epoch of this run and the tokens of its commits; must not repeat itself
   *     in another run
   * @param admission is asked inside each commit
   */
  public SyncEngine(
      StoreBackend store,
      Collection<ApplicationDefinition> definitions,
      SyncSettings settings,
      InstantSource time,
      RandomGenerator random,
      Admission admission,
      EngineObserver observer) {
    this.epoch = word(random);
    Supplier<String> tokens = () -> token(random);
    FullScans fullScans =
        new FullScans(FULL_SCANS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
    this.fullScans = fullScans;
    this.applications = new LinkedHashMap<>();
    this.definitions = new LinkedHashMap<>();
    this.store = store;
    this.admission = Optional.empty();
    this.making =
        definition ->
            new ApplicationSync(
                definition,
                store.application(definition.name()),
                store.directory(),
                settings,
                time,
                epoch,
                tokens,
                admission,
                fullScans,
                observer);
    for (ApplicationDefinition definition : definitions) {
      this.definitions.put(definition.name(), definition);
      applications.put(definition.name(), making.apply(definition));
    }
  }

  private SyncEngine(SyncEngine same, Admission admission) {
    this.applications = same.applications;
    this.definitions = same.definitions;
    this.store = same.store;
    this.making = same.making;
    this.fullScans = same.fullScans;
    this.epoch = same.epoch;
    this.admission = Optional.of(admission);
  }

  /** This engine for the requests of somebody for whom another admission counts. Cheap. */
  public SyncEngine admitting(Admission other) {
    return new SyncEngine(this, other);
  }

  private static String word(RandomGenerator random) {
    StringBuilder word = new StringBuilder(8);
    for (int i = 0; i < 8; i++) {
      word.append(Character.forDigit(random.nextInt(36), 36));
    }
    return word.toString();
  }

  private static String token(RandomGenerator random) {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes); // one call: a secure generator asks the system each time
    return HexFormat.of().formatHex(bytes);
  }

  /** What the commits of this run of this server node are known by. */
  public String epoch() {
    return epoch;
  }

  /** The configured applications. */
  public Collection<ApplicationDefinition> applications() {
    return definitions.values();
  }

  /**
   * Stores what a client pushes and answers with what it has not seen. Everything valid in the
   * request is durable when this returns.
   *
   * @param owner whose documents; the caller has been found to be that user or a member of that
   *     organisation
   * @throws SyncException if the request is refused, and nothing of it stored; or if the store
   *     fails, and then it may have been stored and may be sent again
   */
  public SyncAnswer sync(
      ApplicationName application, UserId caller, Owner owner, SyncRequest request) {
    return guarded(() -> of(application).sync(caller, owner, request));
  }

  /**
   * The feeds that a pull of {@code collection} would read: where news for the caller is entered.
   */
  public Set<Feed> feeds(
      ApplicationName application, UserId caller, Owner owner, CollectionName collection) {
    return of(application).feeds(caller, owner, collection);
  }

  /**
   * Whether {@code clock} is a server's that the log of {@code application} does not know: then
   * this database was set back or emptied, or the clock is of another server, or made up.
   */
  public boolean isLost(ApplicationName application, HybridTimestamp clock) {
    return guarded(() -> of(application).isLost(clock));
  }

  /** The number of the last commit of {@code application}, whichever node made it. */
  public long lastCommit(ApplicationName application) {
    return guarded(() -> of(application).lastCommit());
  }

  /**
   * What a client may hear of collections without seeing them: that something has changed.
   *
   * @param told up to where the caller knows each collection: any clock that a server has handed
   *     out for this application, whatever the collection; one that was not is taken for zero
   * @param likely those of them in which something may have changed; only the cost depends on it
   */
  public News news(
      ApplicationName application,
      UserId caller,
      Owner owner,
      Map<CollectionName, HybridTimestamp> told,
      Set<CollectionName> likely) {
    return guarded(() -> of(application).news(caller, owner, told, likely));
  }

  /** Whether a pull would bring anything. */
  public boolean hasNews(
      ApplicationName application,
      UserId caller,
      Owner owner,
      CollectionName collection,
      HybridTimestamp clientClock) {
    return guarded(() -> of(application).hasNews(caller, owner, collection, clientClock));
  }

  /**
   * The versions of a document, newest first.
   *
   * @param owner whose documents the request is about; {@code id} may be another's that the caller
   *     reads
   * @param before only those committed before, all if absent
   * @param limit 1 to {@link #MAX_VERSIONS}
   * @throws SyncException if there is no such document for the caller
   */
  public VersionPage history(
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      Optional<HybridTimestamp> before,
      int limit) {
    return guarded(() -> of(application).history(caller, owner, id, before, limit));
  }

  /**
   * Writes an earlier version of a document as a new edit.
   *
   * @param owner whose documents the request is about
   * @return the document in its delivered form
   * @throws SyncException if there is no such version for the caller, the caller may not write the
   *     document, or it was deleted then
   */
  public Bytes restore(
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      HybridTimestamp commit) {
    return guarded(() -> of(application).restore(caller, owner, id, commit));
  }

  /**
   * The documents of {@code owner} under {@code key}, which may stand in several collections.
   * Deleted ones are among them as long as they are remembered: their sharing can be changed.
   */
  public List<Document> indexed(
      ApplicationName application,
      Owner owner,
      DocumentKey key,
      Optional<CollectionName> collection) {
    return guarded(() -> of(application).indexed(owner, key, collection));
  }

  /** Changes who reads a document, with nobody to be asked about it. */
  public Document share(
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      UnaryOperator<Sharing> change) {
    return share(application, caller, owner, id, SharingGuard.NONE, change);
  }

  /**
   * Changes who reads a document. The grant is a change for whoever gets access, and the loss of it
   * for whoever loses it; nobody else hears of it.
   *
   * @param change makes of the sharing as it is what it is to be; is called again if another commit
   *     comes first; may throw a {@link SyncException}, and nothing has changed then
   * @return the document with its new sharing
   * @throws SyncException if the caller was not the first to write the document and does not
   *     administer the organisation it is of; or if others would see more than they may
   */
  public Document share(
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      SharingGuard guard,
      UnaryOperator<Sharing> change) {
    return guarded(() -> of(application).share(caller, owner, id, guard, change));
  }

  /**
   * Ends what is granted to {@code caller} on a document.
   *
   * @param whose the id of the user or organisation whose document it is
   * @throws SyncException if there is no such document that is shared with the caller, or several
   */
  public void leave(
      ApplicationName application,
      UserId caller,
      String whose,
      DocumentKey key,
      Optional<CollectionName> collection) {
    guarded(
        () -> {
          of(application).leave(caller, whose, key, collection);
          return true;
        });
  }

  /**
   * Grants {@code caller} what a link grants.
   *
   * @param hash of the link's token
   * @return the document
   * @throws SyncException if the link grants nothing, or nothing more
   */
  public Document redeem(
      ApplicationName application, UserId caller, DocumentId id, String hash, SharingGuard guard) {
    return guarded(() -> of(application).redeem(caller, id, hash, guard));
  }

  /** Ends a link whose time is over, and what was granted by it. */
  public void expire(ApplicationName application, DocumentId id, String hash) {
    guarded(
        () -> {
          of(application).expire(id, hash);
          return true;
        });
  }

  /**
   * Grants {@code user} what was granted to an address of theirs.
   *
   * @param address that is verified
   */
  public void claim(
      ApplicationName application,
      UserId user,
      String address,
      Collection<DocumentId> ids,
      SharingGuard guard) {
    guarded(
        () -> {
          of(application).claim(user, address, ids, guard);
          return true;
        });
  }

  /** Ends what was granted to an address for which nobody has come. */
  public void forget(ApplicationName application, String address, Collection<DocumentId> ids) {
    guarded(
        () -> {
          of(application).forget(address, ids);
          return true;
        });
  }

  /**
   * Takes a document down.
   *
   * @param id a user's or an organisation's document, whichever there is
   */
  public TakenDown end(ApplicationName application, DocumentId id, TakenDown what) {
    return guarded(() -> of(application).end(id, what));
  }

  /**
   * Ends in all applications what {@code giver} has granted to {@code taker}, who takes nothing
   * from them any more. To be called when {@link SharingGuard} says so already; repeating it is
   * harmless.
   */
  public void mute(UserId giver, UserId taker) {
    fence();
    guarded(
        () -> {
          applications.values().forEach(one -> one.sharing().mute(giver, taker));
          return true;
        });
  }

  /** What {@code owner} has, in each application in which they have anything. */
  public Map<ApplicationName, Usage> usage(Owner owner) {
    return guarded(
        () -> {
          Map<ApplicationName, Usage> usage = new LinkedHashMap<>();
          for (ApplicationName name : storedApplications()) {
            Usage one = store.application(name).usage(owner);
            if (one.documents() > 0) {
              usage.put(name, one);
            }
          }
          return usage;
        });
  }

  /** How many documents of {@code owner} in a collection have changed after {@code clock}. */
  public long newer(
      ApplicationName application, Owner owner, CollectionName collection, HybridTimestamp clock) {
    return guarded(
        () -> {
          ApplicationSync known = applications.get(application);
          return known == null ? 0 : known.newer(owner, collection, clock);
        });
  }

  /** Whether {@code giver} lets {@code taker} read a document, in any application. */
  public boolean gives(UserId giver, UserId taker) {
    return guarded(
        () -> applications.values().stream().anyMatch(one -> one.sharing().gives(giver, taker)));
  }

  /**
   * What of an organisation others than its members see: by a grant, as everybody, or by a link.
   *
   * @param after where the part before has ended, zero at first
   * @param limit 1 to 10,000
   */
  public SharedPage shared(
      ApplicationName application, OrganisationId organisation, HybridTimestamp after, int limit) {
    return guarded(() -> of(application).sharing().shared(organisation, after, limit));
  }

  /**
   * What of a user's collection others see: by a grant, as everybody, or by a link. A part may have
   * fewer than {@code limit}, which counts the documents that are looked at.
   *
   * @param after where the part before has ended, zero at first
   * @param limit 1 to 10,000
   */
  public SharedPage shared(
      ApplicationName application,
      UserId user,
      CollectionName collection,
      HybridTimestamp after,
      int limit) {
    return guarded(() -> of(application).sharing().shared(user, collection, after, limit));
  }

  /**
   * Finds documents: exactly those that a pull from zero would bring the caller, and public ones
   * also where they are not delivered, narrowed by the request.
   *
   * @param owner whose documents the request is about; the caller has been found to be that user or
   *     a member of that organisation
   * @throws SyncException if the cursor in the request is not of this search, or too many others
   *     are at work
   */
  public SearchPage search(
      ApplicationName application, UserId caller, Owner owner, SearchRequest request) {
    return guarded(() -> of(application).search(caller, owner, request));
  }

  /**
   * Makes sure that documents which were written under another configuration are found by the
   * index, too. Until this has returned once, searches look at everything. Takes as long as reading
   * all documents, if the configuration has changed; repeating it is harmless.
   */
  public void completeIndexes() {
    guarded(
        () -> {
          applications.values().forEach(ApplicationSync::completeIndex);
          return true;
        });
  }

  /** How many searches have looked at everything because no index could help them. */
  public long fullScans() {
    return fullScans.count();
  }

  /** The document behind a share link, if the link is still valid. */
  public Optional<Document> linked(ApplicationName application, DocumentId id, String hash) {
    return guarded(
        () -> {
          ApplicationSync known = applications.get(application);
          return known == null ? Optional.empty() : known.linked(id, hash);
        });
  }

  /**
   * Everything in a group that has changed after {@code since}.
   *
   * @param since what an answer has said, zero for everything; one that none can have said is taken
   *     for zero
   */
  public AtomPull atoms(
      ApplicationName application,
      UserId caller,
      Owner owner,
      CollectionName group,
      long since,
      AtomPull.Page page) {
    return guarded(() -> of(application).atoms(caller, owner, group, since, page));
  }

  /**
   * Stores documents whose version is the one their writer has seen, all in one commit.
   *
   * @throws SyncException if the request is refused as a whole, and nothing of it stored
   */
  public AtomAnswer writeAtoms(
      ApplicationName application, UserId caller, Owner owner, List<AtomChange> changes) {
    return guarded(() -> of(application).writeAtoms(caller, owner, changes));
  }

  /**
   * Makes sure that whoever has lost a right by what the directory says now writes nothing under it
   * any more.
   */
  public void fence() {
    guarded(
        () -> {
          applications.values().forEach(ApplicationSync::fence);
          return true;
        });
  }

  /**
   * Takes from the members of {@code organisation} the documents of a former member that they read
   * as such, and from the former member what is left of the organisation's documents: grants, and
   * the links that they made. Repeating it is harmless.
   */
  public void withdraw(UserId former, OrganisationId organisation) {
    guarded(
        () -> {
          applications.values().forEach(one -> one.sharing().withdraw(former, organisation));
          return true;
        });
  }

  /** The applications of which there may be documents, configured or once so, by name. */
  public List<ApplicationName> storedApplications() {
    Set<ApplicationName> all = new HashSet<>(guarded(store::applications));
    all.addAll(applications.keySet());
    return all.stream().sorted(Comparator.comparing(ApplicationName::value)).toList();
  }

  /**
   * All documents of {@code owner} in one of {@link #storedApplications}, for whoever may have them
   * all.
   */
  public OwnedDocuments owned(ApplicationName application, Owner owner) {
    return new OwnedDocuments(application, store.application(application), owner);
  }

  /**
   * Begins an import of documents of {@code owner}.
   *
   * @param importer whose edit it is
   * @param right is asked inside each commit, besides what is asked anyway
   */
  public Importing importing(
      ApplicationName application,
      UserId importer,
      Owner owner,
      Admission right,
      SharingGuard guard) {
    return guarded(() -> of(application).importing(importer, owner, right, guard));
  }

  /** Begins an import by somebody from whom everybody takes what they are given. */
  public Importing importing(
      ApplicationName application, UserId importer, Owner owner, Admission right) {
    return importing(application, importer, owner, right, SharingGuard.NONE);
  }

  /**
   * Takes away everything there is of an owner who is gone, in every application of the store,
   * configured or not; see {@link dev.landfall.engine.erasure}. Repeating it completes it.
   *
   * @param still fails if the owner is there again; asked inside each commit
   */
  public void erase(Owner owner, Runnable still) {
    guarded(
        () -> {
          stored().forEach(application -> application.erase(owner, still));
          return true;
        });
  }

  /** Everything in the store, whether it is configured or was once. */
  private List<ApplicationSync> stored() {
    List<ApplicationSync> all = new ArrayList<>(applications.values());
    for (ApplicationName name : store.applications()) {
      if (!applications.containsKey(name)) {
        all.add(making.apply(new ApplicationDefinition(name, "", Map.of())));
      }
    }
    return all;
  }

  /** Has the store let go of what has been removed from it, the directory included. */
  public void scrub() {
    guarded(
        () -> {
          for (ApplicationName name : store.applications()) {
            store.application(name).scrub(0);
          }
          return true;
        });
  }

  /**
   * Forgets tombstones that are older than the retention, some at a time.
   *
   * @return how many; call again until it is zero
   */
  public int purge() {
    return purge(FeedFollowers.UNKNOWN);
  }

  /**
   * The same, and forgets deletions that {@code followers} have taken and that are older than
   * histories are kept.
   *
   * @return how many; call again until it is zero
   */
  public int purge(FeedFollowers followers) {
    return guarded(
        () -> {
          int purged = 0;
          for (ApplicationSync application : stored()) {
            purged += application.purge(followers, PURGE_BATCH);
          }
          return purged;
        });
  }

  private ApplicationSync of(ApplicationName name) {
    ApplicationSync application = applications.get(name);
    if (application == null) {
      throw new SyncException(SyncProblem.NOT_FOUND, "there is no such application");
    }
    return admission.map(application::admitting).orElse(application);
  }

  private static <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (StoreUnavailableException e) {
      throw new SyncException(SyncProblem.UNAVAILABLE, e.reason().text(), e);
    }
  }
}
