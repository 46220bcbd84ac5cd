package dev.landfall.engine;

import static dev.landfall.engine.TestServer.TODO;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * People who write, share, revoke, join, leave and block, and somebody who tries to read what is
 * none of their business. Two worlds of one seed differ only in what is written into documents
 * which that somebody may not read at that time, and is never let read later.
 */
final class TwinWorld {
  static final UserId MALLORY = new UserId("mallory");
  static final List<CollectionName> COLLECTIONS =
      List.of(new CollectionName("tasks"), new CollectionName("diary"));
  static final List<OrganisationId> ORGANISATIONS =
      List.of(new OrganisationId("acme"), new OrganisationId("umbrella"));
  static final List<String> KEYS = List.of("plan", "x1", "%", "a:b");
  private static final List<UserId> PEOPLE = List.of(new UserId("alice"), new UserId("carol"));

  final SplittableRandom random;
  private final SplittableRandom secrets;
  private final boolean sameLength;
  private final Set<List<String>> members = new HashSet<>();
  private final Set<UserId> blocked = new HashSet<>();
  private final Map<DocumentId, Doc> documents = new LinkedHashMap<>();
  private final Sharer node;
  private final Attacker attacker;
  long millis = TestServer.START;
  private int writes;
  private int secretWrites;

  /** What is known of a document besides what the server knows. */
  private static final class Doc {
    private final UserId creator;
    private Sharing sharing = Sharing.NONE;
    private boolean secret;
    private boolean deleted;

    Doc(UserId creator) {
      this.creator = creator;
    }
  }

  TwinWorld(long seed, int twin) {
    random = new SplittableRandom(seed);
    secrets = new SplittableRandom(seed * 2 + twin);
    sameLength = seed % 2 == 0;
    node = new Sharer(new MemoryBackend(1L << 30), seed, () -> millis, this::admit);
    if (random.nextBoolean()) {
      node.engine().completeIndexes();
    }
    attacker = new Attacker(this, node.engine());
    for (OrganisationId organisation : ORGANISATIONS) {
      PEOPLE.forEach(user -> members.add(place(organisation, user)));
    }
    if (random.nextBoolean()) {
      members.add(place(ORGANISATIONS.get(0), MALLORY));
    }
  }

  /** Everything that the attacker was told. */
  List<String> run(int steps) {
    for (int i = 0; i < steps; i++) {
      millis += random.nextInt(20);
      int what = random.nextInt(100);
      if (what < 35) {
        write();
      } else if (what < 50) {
        share();
      } else if (what < 56) {
        churn();
      } else if (what < 58) {
        block(pick(PEOPLE));
      } else {
        attacker.act();
      }
    }
    attacker.lookEverywhere();
    return attacker.transcript();
  }

  int secretWrites() {
    return secretWrites;
  }

  private static List<String> place(OrganisationId organisation, UserId user) {
    return List.of(organisation.value(), user.value());
  }

  void admit(UserId user, Owner owner) {
    boolean may =
        owner instanceof OrganisationId organisation
            ? members.contains(place(organisation, user))
            : owner.equals(user);
    if (!may) {
      throw new SyncException(SyncProblem.FORBIDDEN, "not a member");
    }
  }

  private boolean reads(DocumentId id, Sharing sharing) {
    boolean inside =
        id.owner() instanceof OrganisationId organisation
            && members.contains(place(organisation, MALLORY));
    boolean shown =
        sharing.visibility() == Visibility.ORG
            && sharing.organisation().filter(o -> members.contains(place(o, MALLORY))).isPresent();
    boolean linked = sharing.link().isPresent();
    boolean granted =
        sharing.visibility() != Visibility.PRIVATE
            && sharing.grants().stream()
                .anyMatch(grant -> grant.user().equals(MALLORY) && !grant.muted());
    return inside || shown || granted || linked || sharing.visibility() == Visibility.PUBLIC;
  }

  /** The documents of the organisation, and those that are shown to it. */
  private boolean hasSecrets(OrganisationId organisation) {
    return documents.entrySet().stream()
        .filter(one -> one.getValue().secret)
        .anyMatch(
            one ->
                one.getKey().owner().equals(organisation)
                    || (one.getValue().sharing.visibility() == Visibility.ORG
                        && one.getValue()
                            .sharing
                            .organisation()
                            .equals(Optional.of(organisation))));
  }

  private void write() {
    UserId user = pick(PEOPLE);
    Owner owner = random.nextInt(3) == 0 ? pick(ORGANISATIONS) : user;
    DocumentId id = new DocumentId(owner, pick(COLLECTIONS), new DocumentKey(pick(KEYS)));
    Doc doc = documents.computeIfAbsent(id, unused -> new Doc(user));
    Sharing until = doc.deleted ? Sharing.NONE : doc.sharing;
    boolean secret = !reads(id, until) && (doc.secret || random.nextInt(3) > 0);
    millis++;
    String device = user.value() + "-phone";
    HybridTimestamp stamp = new HybridTimestamp(millis, 0, device);
    boolean deletes = random.nextInt(8) == 0 && !doc.deleted && writes > 0;
    HybridTimestamp base = HybridTimestamp.ZERO;
    writes++;
    if (deletes && documents.size() > 1 && exists(id)) {
      node.engine()
          .sync(
              TODO,
              user,
              owner,
              request(
                  id,
                  new Change(
                      id.key(), Optional.empty(), Map.of("", stamp), base, Optional.empty())));
      doc.deleted = true;
      return;
    }
    if (doc.deleted) {
      doc.sharing = Sharing.NONE; // made anew, for its base clock is zero
    }
    doc.deleted = false;
    doc.secret |= secret;
    secretWrites += secret ? 1 : 0;
    Map<String, HybridTimestamp> stamps = new LinkedHashMap<>();
    for (String field : List.of("n", "text", "list", "more")) {
      stamps.put(field, stamp);
    }
    Change change =
        new Change(
            id.key(),
            Optional.of(content(writes, secret)),
            stamps,
            base,
            Optional.empty(),
            Optional.of(owner.value()));
    node.engine().sync(TODO, user, owner, request(id, change));
  }

  private boolean exists(DocumentId id) {
    return node.engine().indexed(TODO, id.owner(), id.key(), Optional.of(id.collection())).stream()
        .anyMatch(document -> !document.isDeleted());
  }

  private static SyncRequest request(DocumentId id, Change change) {
    return SyncRequest.push(id.collection(), HybridTimestamp.ZERO, List.of(change));
  }

  /** The number makes that every write is something new, in both worlds. */
  private JsonObject content(int number, boolean secret) {
    SplittableRandom source = secret ? secrets : random;
    int length = sameLength ? 12 : 1 + source.nextInt(40);
    StringBuilder text = new StringBuilder(secret ? "secret " : "common ");
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + source.nextInt(26)));
      if (!sameLength && source.nextInt(6) == 0) {
        text.append('\n');
      }
    }
    JsonObject.Builder content = JsonObject.builder().put("n", number).put("text", text.toString());
    if (!sameLength && source.nextBoolean()) {
      content.put("more", JsonObject.builder().put("deep", source.nextInt()).build());
    }
    return content.build();
  }

  private void share() {
    List<DocumentId> ids = new ArrayList<>(documents.keySet());
    if (ids.isEmpty()) {
      return;
    }
    DocumentId id = pick(ids);
    Doc doc = documents.get(id);
    UnaryOperator<Sharing> change = change();
    Sharing next = change.apply(doc.sharing);
    if (doc.deleted || (doc.secret && reads(id, next))) {
      return;
    }
    try {
      doc.sharing =
          node.engine().share(TODO, doc.creator, id.owner(), id, guard(), change).index().sharing();
    } catch (SyncException e) {
      if (e.problem() != SyncProblem.NOT_FOUND) {
        throw e;
      }
    }
  }

  private UnaryOperator<Sharing> change() {
    boolean writes = random.nextBoolean();
    return switch (random.nextInt(9)) {
      case 8 ->
          sharing ->
              sharing.withLink(Optional.of(new ShareLink("0".repeat(64), OptionalLong.empty())));
      case 0 -> sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty());
      case 1 -> {
        Optional<OrganisationId> organisation = Optional.of(pick(ORGANISATIONS));
        yield sharing -> sharing.withVisibility(Visibility.ORG, organisation);
      }
      case 2, 3 -> sharing -> sharing.withVisibility(Visibility.PRIVATE, Optional.empty());
      case 4 -> Sharer.without(MALLORY);
      case 5 -> Sharer.with(PEOPLE.get(1), writes);
      default ->
          sharing ->
              sharing
                  .withVisibility(Visibility.SHARED, Optional.empty())
                  .with(new Grant(MALLORY, TODO, writes));
    };
  }

  private void churn() {
    OrganisationId organisation = pick(ORGANISATIONS);
    List<String> place = place(organisation, MALLORY);
    if (members.remove(place)) {
      node.engine().fence();
      node.engine().withdraw(MALLORY, organisation);
      documents.forEach(
          (id, doc) -> {
            if (id.owner().equals(organisation)) {
              doc.sharing = doc.sharing.withoutGrantsTo(MALLORY).withoutLinkOf(MALLORY);
            }
          });
    } else if (!hasSecrets(organisation)) {
      members.add(place);
    }
  }

  /** Mallory takes nothing from somebody any more, or again; what was given before stays ended. */
  private void block(UserId giver) {
    if (!blocked.remove(giver)) {
      blocked.add(giver);
      node.engine().mute(giver, MALLORY);
      // A grant that is not in force is not ended; only its giver can put it into force again.
      documents.values().stream()
          .filter(doc -> doc.sharing.visibility() != Visibility.PRIVATE)
          .forEach(doc -> doc.sharing = muted(doc.sharing, giver));
    }
  }

  private static Sharing muted(Sharing sharing, UserId giver) {
    return sharing.withGrants(
        sharing.grants().stream()
            .map(
                grant ->
                    grant.user().equals(MALLORY) && grant.giver().equals(Optional.of(giver))
                        ? grant.mute()
                        : grant)
            .toList());
  }

  private SharingGuard guard() {
    return new SharingGuard() {
      @Override
      public boolean administers(UserId user, OrganisationId organisation) {
        return false;
      }

      @Override
      public Set<UserId> blockersOf(UserId giver) {
        return blocked.contains(giver) ? Set.of(MALLORY) : Set.of();
      }
    };
  }

  /** What was granted to Mallory is gone: they have let go of it. */
  void left(DocumentId id) {
    Doc doc = documents.get(id);
    if (doc != null) {
      doc.sharing = doc.sharing.without(MALLORY, TODO);
    }
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** All who may own something. */
  static Set<Owner> owners() {
    Set<Owner> owners = new LinkedHashSet<>(PEOPLE);
    owners.addAll(ORGANISATIONS);
    owners.add(MALLORY);
    return owners;
  }
}
