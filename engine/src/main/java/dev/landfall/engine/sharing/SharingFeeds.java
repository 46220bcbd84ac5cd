package dev.landfall.engine.sharing;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.Committer;
import dev.landfall.engine.document.Registers;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What is shared, found by the feeds of those who see it: listed, muted, withdrawn. */
public final class SharingFeeds {
  private static final int ITEMS = 500;
  private static final long BYTES = 1024 * 1024;

  private final ApplicationStore store;
  private final Committer committer;
  private final int maxCollections;

  /**
   * In the application of {@code store}.
   *
   * @param maxCollections the most an owner has
   */
  public SharingFeeds(ApplicationStore store, Committer committer, int maxCollections) {
    this.store = store;
    this.committer = committer;
    this.maxCollections = maxCollections;
  }

  /** The documents of that key and owner that a user may read. */
  public Set<DocumentId> places(
      UserId user, String whose, DocumentKey key, Optional<CollectionName> collection) {
    Set<CollectionName> collections = new LinkedHashSet<>(collection.map(Set::of).orElse(Set.of()));
    if (collection.isEmpty()) {
      int max = maxCollections;
      for (Owner owner : List.of(new UserId(whose), new OrganisationId(whose))) {
        collections.addAll(store.collections(owner, max));
      }
    }
    Set<Feed> feeds = new LinkedHashSet<>();
    collections.forEach(name -> feeds.add(new Feed(user, name)));
    if (feeds.isEmpty()) {
      return Set.of();
    }
    Set<DocumentId> places = new LinkedHashSet<>(store.foreign(feeds, Set.of(key)));
    places.removeIf(id -> !id.owner().value().equals(whose));
    return places;
  }

  /** Mutes what {@code giver} has let {@code taker} read. */
  public void mute(UserId giver, UserId taker) {
    eachIn(
        Registers.feed(Registers.given(giver, taker)),
        id -> true,
        ids -> committer.submit(new Muting(ids, giver, taker)));
  }

  /** Whether {@code giver} lets {@code taker} read a document that is there. */
  public boolean gives(UserId giver, UserId taker) {
    Set<Feed> feed = Set.of(Registers.feed(Registers.given(giver, taker)));
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more) {
      FeedPage page = store.feed(feed, position, Feed.NO_END, ITEMS, BYTES);
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        if (item.entry().kind() == FeedEntry.Kind.CHANGED && !item.deleted()) {
          return true;
        }
      }
      more = page.more();
    }
    return false;
  }

  /** Documents of an organisation that others than its members see, after some position. */
  public SharedPage shared(OrganisationId organisation, HybridTimestamp after, int limit) {
    return entries(Registers.feed(Registers.shared(organisation)), after, limit, entry -> true);
  }

  /**
   * Of the documents of a user in a collection those that others see, after some position. A part
   * may have few of those that it has looked at, or none.
   */
  public SharedPage shared(
      UserId user, CollectionName collection, HybridTimestamp after, int limit) {
    return entries(
        new Feed(user, collection),
        after,
        limit,
        entry ->
            entry.id().owner().equals(user)
                && !entry.deleted()
                && !entry.index().sharing().equals(Sharing.NONE));
  }

  private SharedPage entries(
      Feed feed, HybridTimestamp after, int limit, Predicate<SharedPage.Entry> wanted) {
    FeedPage page = store.feed(Set.of(feed), after, Feed.NO_END, limit, BYTES);
    Set<DocumentId> ids = new LinkedHashSet<>();
    HybridTimestamp last = after;
    for (FeedItem item : page.items()) {
      last = item.entry().position();
      if (item.entry().kind() == FeedEntry.Kind.CHANGED) {
        ids.add(item.entry().document());
      }
    }
    Map<DocumentId, StoredDocument> stored = ids.isEmpty() ? Map.of() : store.find(ids);
    List<SharedPage.Entry> entries = new ArrayList<>();
    for (DocumentId id : ids) {
      StoredDocument one = stored.get(id);
      if (one != null && !one.isErased()) {
        SharedPage.Entry entry = new SharedPage.Entry(id, StoredForm.index(one), one.deleted());
        if (wanted.test(entry)) {
          entries.add(entry);
        }
      }
    }
    return new SharedPage(entries, page.more() ? Optional.of(last) : Optional.empty());
  }

  /**
   * Takes {@code organisation} the documents that {@code former}, who has left it, let its members
   * read; and takes {@code former} what the organisation's documents granted them, and the links
   * that they made.
   */
  public void withdraw(UserId former, OrganisationId organisation) {
    for (CollectionName collection : store.collections(former, maxCollections)) {
      eachIn(
          new Feed(organisation, collection),
          id -> id.owner().equals(former),
          ids -> committer.submit(new OrganisationUnshare(ids, organisation)));
    }
    eachIn(
        Registers.feed(Registers.shared(organisation)),
        id -> id.owner().equals(organisation),
        ids -> committer.submit(new EndOfMembership(ids, former)));
  }

  /** Does something with the documents in a feed, some at a time. */
  private void eachIn(Feed feed, Predicate<DocumentId> wanted, Consumer<Set<DocumentId>> work) {
    HybridTimestamp position = HybridTimestamp.ZERO;
    HybridTimestamp end = store.tip().clock();
    boolean more = true;
    while (more) {
      FeedPage page = store.feed(Set.of(feed), position, end, ITEMS, BYTES);
      Set<DocumentId> ids = new LinkedHashSet<>();
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        boolean there = item.entry().kind() == FeedEntry.Kind.CHANGED;
        if (there && wanted.test(item.entry().document())) {
          ids.add(item.entry().document());
        }
      }
      if (!ids.isEmpty()) {
        work.accept(ids);
      }
      more = page.more();
    }
  }
}
