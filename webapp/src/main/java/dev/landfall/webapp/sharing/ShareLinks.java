package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.directory.LinkToken;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.TakenDown;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Links under which anybody reads one document. The token is known to whom it was given alone; here
 * is its hash, under which the directory says where the document is. Whether the link still counts
 * the document says. Safe for concurrent use.
 */
public final class ShareLinks {
  /** The kind of record in the directory. */
  static final String KIND = "shareLink";

  /** The kind of record that says when a link ends that has granted something. */
  static final String END = "shareLinkEnd";

  private static final int PAGE = 500;

  private final SyncEngine engine;
  private final Directory directory;
  private final SecureRandom random = new SecureRandom();

  /** Links to documents of {@code engine}. */
  public ShareLinks(SyncEngine engine, Directory directory) {
    this.engine = engine;
    this.directory = directory;
  }

  /**
   * Makes a link in place of the one there may be.
   *
   * @param callers the engine as the caller may use it
   * @return the token, which nobody can be told again
   */
  String make(
      SyncEngine callers,
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      SharingGuard guard,
      OptionalLong expiresAtMillis,
      Optional<ShareLink.Redeemable> redeemable) {
    LinkToken token = LinkToken.random(random);
    String hash = token.hash();
    JsonObject place = DocumentPlace.json(new DocumentPlace(application, id));
    directory.write(new DirectoryRecord(KIND, hash, 1, JsonText.bytes(place)));
    if (redeemable.isPresent() && expiresAtMillis.isPresent()) {
      String end = end(expiresAtMillis.getAsLong());
      directory.write(new DirectoryRecord(END, end + '/' + hash, 1, JsonText.bytes(place)));
    }
    try {
      ShareLink link = new ShareLink(hash, expiresAtMillis, redeemable);
      replace(callers, application, caller, owner, id, guard, Optional.of(link));
    } catch (SyncException e) {
      if (e.problem() != SyncProblem.UNAVAILABLE) {
        directory.remove(KIND, hash, 1); // else it may be the document's link
      }
      throw e;
    }
    return token.text();
  }

  /** Ends the link, if there is one. */
  void end(
      SyncEngine callers,
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      SharingGuard guard) {
    replace(callers, application, caller, owner, id, guard, Optional.empty());
  }

  /** Forgets a link that its document does not have any more. */
  void forget(ShareLink ended) {
    directory.remove(KIND, ended.hash(), 1);
  }

  /** Ends the link that somebody has a token of, whoever has made it. */
  public TakenDown takeDown(String token) {
    String hash = LinkToken.of(token).map(LinkToken::hash).orElse("none");
    Optional<DirectoryRecord> record = directory.find(KIND, hash);
    if (record.isEmpty() || open(record.get().content(), hash).isEmpty()) {
      return new TakenDown(false, false);
    }
    DocumentPlace place = DocumentPlace.of(record.get().content());
    TakenDown ended = engine.end(place.application(), place.id(), new TakenDown(false, true));
    directory.remove(KIND, hash, record.get().version());
    return ended;
  }

  /** Ends what everybody sees of a document. */
  public TakenDown takeDown(ApplicationName application, DocumentId id, TakenDown what) {
    return engine.end(application, id, what);
  }

  /** The new link counts from the commit on; then the directory forgets the old one. */
  private void replace(
      SyncEngine callers,
      ApplicationName application,
      UserId caller,
      Owner owner,
      DocumentId id,
      SharingGuard guard,
      Optional<ShareLink> link) {
    AtomicReference<@Nullable ShareLink> old = new AtomicReference<>();
    callers.share(
        application,
        caller,
        owner,
        id,
        guard,
        sharing -> {
          old.set(sharing.link().orElse(null));
          return sharing.withLink(link);
        });
    ShareLink gone = old.get();
    if (gone != null) {
      directory.remove(KIND, gone.hash(), 1);
    }
  }

  /** Forgets the links to the documents of {@code owner}, who is gone. */
  public void forget(Owner owner) {
    DocumentPlace.forget(directory, KIND, owner);
    DocumentPlace.forget(directory, END, owner);
  }

  /** The document behind a token; none if the token is unknown, taken back or over. */
  Optional<Document> open(String token) {
    return LinkToken.of(token)
        .map(LinkToken::hash)
        .flatMap(
            hash -> directory.find(KIND, hash).flatMap(record -> open(record.content(), hash)));
  }

  private Optional<Document> open(Bytes record, String hash) {
    DocumentPlace place = DocumentPlace.of(record);
    return engine.linked(place.application(), place.id(), hash);
  }

  /**
   * Grants {@code caller} what a link grants.
   *
   * @param callers the engine as the caller may use it
   * @throws SyncException if it grants nothing, or nothing more
   */
  Redeemed redeem(SyncEngine callers, UserId caller, String token, SharingGuard guard) {
    String hash = LinkToken.of(token).map(LinkToken::hash).orElse("none");
    DocumentPlace place =
        directory
            .find(KIND, hash)
            .map(record -> DocumentPlace.of(record.content()))
            .orElseThrow(
                () -> new SyncException(SyncProblem.NOT_FOUND, "There is no such document"));
    return new Redeemed(
        place.application(), callers.redeem(place.application(), caller, place.id(), hash, guard));
  }

  /** A document that somebody has been granted by a link. */
  record Redeemed(ApplicationName application, Document document) {}

  /**
   * Ends links whose time is over, and what was granted by them.
   *
   * @param now in milliseconds since the Unix epoch
   */
  public void sweep(long now) {
    List<DirectoryRecord> page;
    do {
      page = directory.list(END, "", PAGE);
      page = page.stream().takeWhile(record -> isOver(record, now)).toList();
      for (DirectoryRecord record : page) {
        DocumentPlace place = DocumentPlace.of(record.content());
        String hash = record.name().substring(record.name().indexOf('/') + 1);
        try {
          engine.expire(place.application(), place.id(), hash);
        } catch (SyncException e) {
          if (e.problem() != SyncProblem.NOT_FOUND) {
            throw e;
          }
        }
        directory.remove(KIND, hash, 1);
        directory.remove(END, record.name(), record.version());
      }
    } while (page.size() == PAGE);
  }

  private static boolean isOver(DirectoryRecord record, long now) {
    return record.name().substring(0, record.name().indexOf('/')).compareTo(end(now)) <= 0;
  }

  private static String end(long millis) {
    return HexFormat.of().toHexDigits(millis);
  }
}
