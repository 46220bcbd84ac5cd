package dev.landfall.webapp.atom;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomPull;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.transit.TransitException;
import dev.landfall.engine.transit.TransitJson;
import dev.landfall.engine.transit.TransitMessagePack;
import dev.landfall.engine.transit.TransitTags;
import dev.landfall.webapp.atom.AtomAccess.Visitor;
import dev.landfall.webapp.atom.AtomRequest.Entry;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.sync.RequestOwners;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;

/** What both addresses of the protocol do, for an application. */
public final class AtomExchange {
  private static final int MAX_PAGE = 10_000;

  /** MessagePack is gathered before it is sent. */
  private static final AtomPull.Page GATHERED = new AtomPull.Page(MAX_PAGE, 8L * 1024 * 1024);

  private final SyncEngine engine;
  private final AtomAccess access;
  private final RequestOwners owners;
  private final Devices devices;
  private final Body body;
  private final TransitTags tags;
  private final long bodyBytes;

  /**
   * Over {@code engine}.
   *
   * @param tags those that what is written may have
   * @param bodyBytes how large a body may be, and how much a small one may stand for
   */
  public AtomExchange(
      SyncEngine engine,
      AtomAccess access,
      RequestOwners owners,
      Devices devices,
      Body body,
      TransitTags tags,
      long bodyBytes) {
    this.engine = engine;
    this.access = access;
    this.owners = owners;
    this.devices = devices;
    this.body = body;
    this.tags = tags;
    this.bodyBytes = bodyBytes;
  }

  Visitor visitor(HttpServletRequest http) {
    return access.require(http);
  }

  /** What has changed in a group. */
  Response pull(
      ApplicationName application, Visitor visitor, HttpServletRequest http, UriInfo uri) {
    visitor.require(application);
    TransitFormat format = TransitFormat.ofAnswer(http, TransitFormat.JSON);
    Query query = new Query(uri);
    CollectionName group = query.required("group", AtomExchange::group);
    OptionalLong since = query.whole("since", 0, Long.MAX_VALUE);
    OptionalLong limit = query.whole("limit", 1, MAX_PAGE);
    visitor.require(group);
    Owner owner = owners.of(http, visitor.session());
    devices.seenNameless(visitor.session().user(), application);
    AtomPull.Page page = format == TransitFormat.MESSAGE_PACK ? GATHERED : AtomPull.Page.ALL;
    if (limit.isPresent()) {
      page = new AtomPull.Page((int) limit.getAsLong(), page.bytes());
    }
    try {
      return AtomJson.of(
          group,
          engine.atoms(application, visitor.session().user(), owner, group, since.orElse(0), page),
          format);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CollectionName group(String text) {
    if (text.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a group has no colon");
    }
    return new CollectionName(text);
  }

  /** Stores what a client has written. */
  Response push(ApplicationName application, Visitor visitor, HttpServletRequest http) {
    visitor.require(application);
    TransitFormat sent = TransitFormat.ofBody(http);
    TransitFormat format = TransitFormat.ofAnswer(http, sent);
    Owner owner = owners.of(http, visitor.session());
    List<Entry> entries = read(http, visitor, sent);
    entries.forEach(entry -> visitor.require(entry.change().group()));
    devices.seenNameless(visitor.session().user(), application);
    AtomAnswer written =
        engine
            .admitting(access.admission(visitor, owners::check))
            .writeAtoms(
                application,
                visitor.session().user(),
                owner,
                entries.stream().map(Entry::change).toList());
    return AtomJson.of(entries, written, format);
  }

  private List<Entry> read(HttpServletRequest http, Visitor visitor, TransitFormat sent) {
    String sender = visitor.session().user().value();
    try {
      JsonValue value =
          sent == TransitFormat.MESSAGE_PACK
              ? body.read(
                  http,
                  sender,
                  in -> TransitMessagePack.read(new BufferedInputStream(in), tags, bodyBytes))
              : TransitJson.read(body.read(http, sender, JsonText::parse), tags, bodyBytes);
      return AtomRequest.read(value);
    } catch (TransitException e) {
      throw SyncException.badRequest(e.place().isEmpty() ? "body" : e.place(), e.problem());
    }
  }
}
