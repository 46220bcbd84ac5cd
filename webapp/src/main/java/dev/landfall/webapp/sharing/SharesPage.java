package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.sharing.SharedPage;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What of an organisation others than its members see, or of a user's documents others, in all
 * applications, in parts: {@code {shares: [entry], after?}}.
 */
public final class SharesPage {
  /** The most entries of a part. */
  public static final int MAX = 1_000;

  private final SyncEngine engine;

  /** Parts of what is in {@code engine}. */
  public SharesPage(SyncEngine engine) {
    this.engine = engine;
  }

  /**
   * Where a part begins.
   *
   * @param position behind which clock in the first application
   */
  public record Place(ApplicationName application, HybridTimestamp position) {
    /** Reads what an answer has said. */
    public static Place parse(String text) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("must be what an answer has said");
      }
      return new Place(
          new ApplicationName(text.substring(0, colon)),
          HybridTimestamp.parse(text.substring(colon + 1)));
    }

    private String text() {
      return application.value() + ":" + position;
    }
  }

  /** A part. */
  public JsonObject page(OrganisationId organisation, Optional<Place> after, int limit) {
    List<JsonValue> shares = new ArrayList<>();
    Optional<Place> next = Optional.empty();
    for (ApplicationName application : applications(after)) {
      HybridTimestamp position =
          after
              .filter(place -> place.application().equals(application))
              .map(Place::position)
              .orElse(HybridTimestamp.ZERO);
      if (shares.size() == limit) {
        next = Optional.of(new Place(application, position));
        break;
      }
      SharedPage page = engine.shared(application, organisation, position, limit - shares.size());
      for (SharedPage.Entry entry : page.entries()) {
        shares.add(SharingJson.entry(application, entry));
      }
      if (page.after().isPresent()) {
        next = Optional.of(new Place(application, page.after().get()));
        break;
      }
    }
    JsonObject.Builder answer = JsonObject.builder().put("shares", new JsonArray(shares));
    next.ifPresent(place -> answer.put("after", place.text()));
    return answer.build();
  }

  private List<ApplicationName> applications(Optional<Place> after) {
    return applicationsFrom(after.map(Place::application));
  }

  private List<ApplicationName> applicationsFrom(Optional<ApplicationName> first) {
    return engine.applications().stream()
        .map(ApplicationDefinition::name)
        .sorted(Comparator.comparing(ApplicationName::value))
        .filter(name -> first.isEmpty() || name.value().compareTo(first.get().value()) >= 0)
        .toList();
  }

  /**
   * Where a part of a user's begins.
   *
   * @param position behind which clock in that collection
   */
  public record OwnPlace(
      ApplicationName application, CollectionName collection, HybridTimestamp position) {
    /** Reads what an answer has said. */
    public static OwnPlace parse(String text) {
      int first = text.indexOf(':');
      int second = text.indexOf(':', first + 1);
      if (first < 0 || second < 0) {
        throw new IllegalArgumentException("must be what an answer has said");
      }
      return new OwnPlace(
          new ApplicationName(text.substring(0, first)),
          new CollectionName(
              URLDecoder.decode(text.substring(first + 1, second), StandardCharsets.UTF_8)),
          HybridTimestamp.parse(text.substring(second + 1)));
    }

    private String text() {
      return application.value()
          + ":"
          + URLEncoder.encode(collection.value(), StandardCharsets.UTF_8)
          + ":"
          + position;
    }
  }

  /**
   * A part of what others see of the documents of {@code user}. At most {@link #MAX} documents are
   * looked at for it, so that it may have fewer than {@code limit} entries although more follow.
   */
  public JsonObject page(UserId user, Optional<OwnPlace> after, int limit) {
    List<JsonValue> shares = new ArrayList<>();
    for (ApplicationName application : applicationsFrom(after.map(OwnPlace::application))) {
      for (CollectionName collection : engine.owned(application, user).collections()) {
        Optional<OwnPlace> here = after.filter(place -> place.application().equals(application));
        if (here.isPresent() && collection.value().compareTo(here.get().collection().value()) < 0) {
          continue;
        }
        HybridTimestamp position =
            here.filter(place -> place.collection().equals(collection))
                .map(OwnPlace::position)
                .orElse(HybridTimestamp.ZERO);
        SharedPage page =
            engine.shared(application, user, collection, position, limit - shares.size());
        page.entries().forEach(entry -> shares.add(SharingJson.entry(application, entry)));
        if (page.after().isPresent()) {
          return answer(shares, new OwnPlace(application, collection, page.after().get()).text());
        }
        if (shares.size() == limit) {
          return answer(shares, new OwnPlace(application, collection, Feed.NO_END).text());
        }
      }
    }
    return JsonObject.builder().put("shares", new JsonArray(shares)).build();
  }

  private static JsonObject answer(List<JsonValue> shares, String after) {
    return JsonObject.builder().put("shares", new JsonArray(shares)).put("after", after).build();
  }
}
