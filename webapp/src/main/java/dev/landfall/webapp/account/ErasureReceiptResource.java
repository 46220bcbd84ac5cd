package dev.landfall.webapp.account;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.device.DeviceId;
import dev.landfall.engine.erasure.ErasureReceipt;
import dev.landfall.engine.erasure.ErasureReceipts;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;

/** What became of an account that was deleted, and of the copies on its devices. */
@Path("/account/erasure")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class ErasureReceiptResource {
  private final ErasureReceipts receipts;
  private final Sessions sessions;
  private final Callers callers;
  private final Body body;

  /** The routes over {@code receipts}. */
  @Inject
  public ErasureReceiptResource(
      ErasureReceipts receipts, Sessions sessions, Callers callers, Body body) {
    this.receipts = receipts;
    this.sessions = sessions;
    this.callers = callers;
    this.body = body;
  }

  /** The receipt; one that never was is answered like one that is over, and is counted. */
  @WithoutSession("the account is gone; whoever has the id of the receipt reads it")
  @GET
  @Path("/{receiptId}")
  public Response show(@PathParam("receiptId") String id, @Context HttpServletRequest http) {
    ErasureReceipt receipt =
        receipts
            .find(id)
            .orElseThrow(
                () -> {
                  callers.countWithoutSession(http);
                  return new SyncException(SyncProblem.NOT_FOUND, "There is no such receipt");
                });
    return Response.ok(Answer.of(json(receipt))).header("Referrer-Policy", "no-referrer").build();
  }

  private static JsonObject json(ErasureReceipt receipt) {
    List<JsonValue> devices =
        receipt.devices().stream()
            .<JsonValue>map(
                held -> {
                  JsonObject.Builder one =
                      JsonObject.builder()
                          .put("id", held.id().value())
                          .put("lastSeen", text(held.lastSeen()))
                          .put("confirmed", held.confirmedAt().isPresent());
                  held.platform().ifPresent(platform -> one.put("platform", platform));
                  held.confirmedAt().ifPresent(at -> one.put("confirmedAt", text(at)));
                  return one.build();
                })
            .toList();
    return JsonObject.builder()
        .put("askedAt", text(receipt.askedAt()))
        .put("complete", receipt.complete())
        .put("devices", new JsonArray(devices))
        .put("keptUntil", text(receipt.askedAt() + ErasureReceipts.KEPT.toMillis()))
        .build();
  }

  private static String text(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  /** A device of a deleted account says that it holds nothing any more. */
  @WithoutSession("its session is over with the account; the token says whose it was")
  @POST
  @Path("/confirmations")
  public Response confirm(@Context HttpServletRequest http) {
    UserId gone = sessions.requireDeleted(http);
    DeviceId device =
        Members.ofBody(body.read(http, gone.value()))
            .only("device")
            .string("device", DeviceId::new);
    receipts.confirm(gone, device);
    return Response.noContent().build();
  }
}
