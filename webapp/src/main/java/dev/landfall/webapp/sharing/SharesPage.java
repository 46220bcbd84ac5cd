package dev.landfall.webapp.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.sharing.SharedPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What of an organisation others than its members see, in all applications, in parts: {@code
 * {shares: [entry], after?}}.
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
    return engine.applications().stream()
        .map(ApplicationDefinition::name)
        .sorted(Comparator.comparing(ApplicationName::value))
        .filter(
            name ->
                after.isEmpty() || name.value().compareTo(after.get().application().value()) >= 0)
        .toList();
  }
}
