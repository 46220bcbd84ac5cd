package dev.landfall.webapp.trail;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.engine.audit.AuditTrail;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** A page of entries as it is answered. */
final class AuditJson {
  private static final int DEFAULT = 100;
  private static final int MAX = 1_000;

  private AuditJson() {}

  /**
   * The page that a request asks for.
   *
   * @param read a page after a place, of so many
   * @param seesAddress whether the reader is told from where somebody has come
   */
  static Response page(
      Query query,
      BiFunction<Optional<String>, Integer, AuditTrail.Page> read,
      Predicate<Optional<UserId>> seesAddress) {
    int limit = (int) query.whole("limit", 1, MAX).orElse(DEFAULT);
    AuditTrail.Page page = read.apply(query.optional("after", AuditTrail::place), limit);
    JsonObject.Builder answer =
        JsonObject.builder()
            .put(
                "entries",
                new JsonArray(
                    page.entries().stream()
                        .<JsonValue>map(entry -> entry(entry, seesAddress.test(entry.who())))
                        .toList()));
    page.after().ifPresent(after -> answer.put("after", after));
    return Response.ok(Answer.of(answer.build())).build();
  }

  private static JsonObject entry(AuditEntry entry, boolean seesAddress) {
    JsonObject.Builder on = JsonObject.builder();
    entry.on().forEach(on::put);
    return JsonObject.builder()
        .put("at", entry.at().toString())
        .put("who", orNull(entry.who().map(UserId::value)))
        .put("what", entry.what())
        .put("on", on.build())
        .put("from", orNull(entry.from().filter(address -> seesAddress)))
        .build();
  }

  private static JsonValue orNull(Optional<String> text) {
    return text.<JsonValue>map(JsonString::new).orElse(JsonNull.NULL);
  }
}
