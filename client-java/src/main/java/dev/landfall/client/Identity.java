package dev.landfall.client;

import dev.landfall.api.Owner;
import dev.landfall.client.Round.Ending;
import dev.landfall.client.http.Answer;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.store.Binding;
import dev.landfall.client.store.Binding.Meeting;
import dev.landfall.client.store.LocalStore;
import java.net.URI;
import java.util.Optional;

/**
 * Whether the replica on this device belongs to who signs in where. The server is asked before
 * anything of it goes out, and again after each change of the token.
 */
final class Identity {
  /** What came of asking; {@code problem} is empty if all is well. */
  record Asked(Round round, Optional<Problem> problem, boolean wrong) {}

  private final LocalStore store;
  private final URI server;
  private Binding binding;
  private Optional<String> epoch = Optional.empty(); // as the server said last

  /**
   * Of a connection.
   *
   * @throws WrongReplicaException if it cannot be what the store holds
   */
  Identity(LocalStore store, URI server, Binding wanted) {
    this.store = store;
    this.server = server;
    Optional<Binding> held = store.binding();
    if (held.isPresent()) {
      Optional<String> difference = held.get().differenceFrom(wanted);
      if (difference.isPresent()) {
        throw new WrongReplicaException("This store cannot be used: " + difference.get());
      }
    } else {
      store.bind(wanted);
    }
    binding = held.orElse(wanted);
  }

  /** Asks, and lets requests go out if all is well. */
  Asked ask(ServerLink link) throws InterruptedException {
    Answer answer = link.whoAmI();
    if (answer instanceof Answer.Identified who) {
      Meeting meeting = now().meet(server, who.user(), who.instance());
      if (meeting instanceof Meeting.Acquaintance known) {
        keep(known.binding(), who.epoch());
        link.trust(known.binding().self(), known.binding().instance());
        return new Asked(Round.of(Ending.DONE), Optional.empty(), false);
      }
      String why = ((Meeting.Stranger) meeting).why();
      return failed(Round.of(Ending.REFUSED), WrongReplicaException.CODE, why, true);
    }
    if (answer instanceof Answer.Unauthorized) {
      return failed(
          Round.of(Ending.UNAUTHORIZED),
          "unauthorized",
          "the server does not accept the token",
          false);
    }
    if (answer instanceof Answer.Refused refused) {
      Round round = Round.of(Ending.REFUSED, refused.after());
      return failed(round, refused.code(), refused.message(), false);
    }
    if (answer instanceof Answer.Unknown unknown) {
      Round round = Round.of(Ending.FAILED, unknown.after());
      return failed(round, unknown.code(), unknown.message(), false);
    }
    Optional<java.time.Duration> after =
        answer instanceof Answer.Strange strange ? strange.after() : Optional.empty();
    return failed(
        Round.of(Ending.FAILED, after),
        "unreachable",
        "what answered is no Landfall server",
        false);
  }

  private static Asked failed(Round round, String code, String message, boolean wrong) {
    return new Asked(round, Optional.of(new Problem(code, message)), wrong);
  }

  /** Whose documents are one's own; empty until a server has said so. */
  Optional<Owner> self() {
    Binding now = now();
    return now.organisation().isPresent()
        ? now.organisation().map(Owner.class::cast)
        : now.user().map(Owner.class::cast);
  }

  private synchronized Binding now() {
    return binding;
  }

  private synchronized void keep(Binding next, Optional<String> told) {
    epoch = told;
    if (!next.equals(binding)) {
      store.bind(next);
      binding = next;
    }
  }

  /** Whether the server lost what it had, and has not answered for this replica since. */
  synchronized boolean isLost() {
    return binding.mayBeForgotten(epoch);
  }

  /** The server has answered for this replica. */
  synchronized void found() {
    keep(binding.found(epoch), epoch);
  }
}
