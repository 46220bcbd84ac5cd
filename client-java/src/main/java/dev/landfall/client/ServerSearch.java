package dev.landfall.client;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.http.Answer;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.replica.DocumentAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Queries that the server answers. */
final class ServerSearch {
  private static final String THERE = "s";

  private final ServerLink link;

  ServerSearch(ServerLink link) {
    this.link = link;
  }

  /**
   * What the server finds; empty if it cannot be asked now and this device may answer instead.
   *
   * @throws ServerProblemException if it refuses the query, or cannot be asked and only it knows
   *     where the query goes on
   */
  <T> Optional<Result<T>> find(SyncedAtom<T> atom, Query<T> query) {
    boolean begins = query.after().isEmpty();
    if (!begins && !query.after().get().startsWith(THERE)) {
      return Optional.empty(); // it goes on after a result of this device
    }
    JsonObject.Builder body = JsonObject.builder().put("collection", atom.name());
    query.body().members().forEach(body::put);
    query.after().ifPresent(place -> body.put("after", place.substring(THERE.length())));
    body.put("owners", true);
    Answer answer;
    try {
      answer = link.search(body.build());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = new Answer.Unknown(ServerLink.UNREACHABLE, "interrupted", Optional.empty());
    }
    if (answer instanceof Answer.Found found) {
      return Optional.of(result(atom, found.page(), found.self()));
    }
    Problem problem = problem(answer);
    if (answer instanceof Answer.Refused || !begins) {
      throw new ServerProblemException(problem);
    }
    return Optional.empty();
  }

  private static Problem problem(Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      return new Problem(refused.code(), refused.message());
    }
    if (answer instanceof Answer.Unknown unknown) {
      return new Problem(unknown.code(), unknown.message());
    }
    return answer instanceof Answer.Unauthorized
        ? new Problem("unauthorized", "the server does not accept the token")
        : new Problem(ServerLink.UNREACHABLE, "the server cannot be asked now");
  }

  private static <T> Result<T> result(SyncedAtom<T> atom, JsonObject page, String self) {
    Map<String, T> found = new LinkedHashMap<>();
    if (page.get("results") instanceof JsonArray results) {
      for (JsonValue one : results.values()) {
        if (one instanceof JsonObject document && document.get("_key") instanceof JsonString key) {
          DocumentAddress address =
              document.get("_owner") instanceof JsonString owner && !owner.value().equals(self)
                  ? DocumentAddress.of(owner.value(), key.value())
                  : DocumentAddress.own(key.value());
          found.put(address.name(), atom.decode(SyncedCollection.fields(document)));
        }
      }
    }
    Optional<String> after =
        page.get("after") instanceof JsonString place
            ? Optional.of(THERE + place.value())
            : Optional.empty();
    return new Result<>(found, found.size(), Set.of(), after, true);
  }
}
