package dev.landfall.client;

import dev.landfall.client.Round.Ending;
import dev.landfall.client.http.Answer;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.replica.Batch;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.replica.Resync;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The requests of one collection: how much goes into one, and what becomes of its answer. What is
 * refused as a whole is halved until the document is found that is refused alone. After a failure
 * requests and pages are smaller, and grow again.
 *
 * <p>For the loop's thread.
 */
final class Rounds {
  private static final int MAX_CHANGES = 500;
  private static final int MAX_ROUNDS = 1_000;
  private static final int MAX_DRIFTS = 3;
  private static final long LEAST_BYTES = 16 << 10;
  private static final long FIRST_BYTES = 1 << 20;
  private static final long MOST_BYTES = 4 << 20;
  private static final long QUICK_MILLIS = 5_000;
  private static final long FRESH_MILLIS = 10_000;
  private static final long FIRST_ASIDE_MILLIS = 30_000;
  private static final long LONGEST_ASIDE_MILLIS = 600_000;

  /** A document that something on the way refuses. */
  private record Aside(long until, long pause) {}

  private final SyncedAtom<?> atom;
  private final boolean asksBeforeRestoring;
  private final Map<DocumentAddress, Aside> aside = new HashMap<>();
  private int maxChanges = MAX_CHANGES;
  private long maxBytes = FIRST_BYTES;
  private long pageBytes = FIRST_BYTES;
  private boolean told;
  private volatile boolean agreed;
  private volatile boolean again;

  /** Whether the server may have lost something since it answered last. */
  private volatile boolean unsure = true;

  private long lastAnswer; // by the device's clock

  // Of the present round.
  private int drifts;
  private Optional<Answer.Refused> withoutRoom = Optional.empty();
  private Optional<DocumentAddress> suspect = Optional.empty();

  Rounds(SyncedAtom<?> atom, boolean asksBeforeRestoring) {
    this.atom = atom;
    this.asksBeforeRestoring = asksBeforeRestoring;
  }

  /** What the server has lost may be brought back. */
  void agree() {
    agreed = true;
  }

  /** It was asked again which server it is, or it was not reached for a while. */
  void doubt() {
    unsure = true;
  }

  /** What was set aside is tried at once. */
  void retry() {
    again = true;
  }

  /** Pushes and pulls until there is nothing more to do, or it does not go on. */
  Round run(ServerLink link) throws InterruptedException {
    drifts = 0;
    withoutRoom = Optional.empty();
    suspect = Optional.empty();
    if (again) {
      again = false;
      aside.replaceAll((address, before) -> new Aside(System.nanoTime(), before.pause()));
    }
    if (Math.abs(atom.millis() - lastAnswer) > FRESH_MILLIS) {
      unsure = true;
    }
    for (int i = 0; i < MAX_ROUNDS; i++) {
      Optional<Batch> batch = batch();
      Optional<Outgoing> outgoing = batch.flatMap(atom::outgoing);
      if (outgoing.isEmpty()) {
        return atRest();
      }
      atom.stands(Status.SYNCING);
      long asked = atom.millis();
      long began = System.nanoTime();
      Answer answer = link.sync(atom.collection(), outgoing.get(), pageBytes);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      Optional<Round> over = took(answer, outgoing.get(), asked, took);
      if (over.isPresent()) {
        return over.get();
      }
      if (answer instanceof Answer.Done && !goesOn()) {
        return atRest();
      }
    }
    return Round.of(Ending.MORE);
  }

  /**
   * What to send next. Nothing goes to a server that may have lost what it had, before all that is
   * left there has been told: of a document that it does not have, every leaf must come with its
   * clock.
   */
  private Optional<Batch> batch() {
    if (unsure || atom.isRestoring() || withoutRoom.isPresent() || suspect.isPresent()) {
      return Optional.of(Batch.of(0));
    }
    aside.keySet().retainAll(atom.pendingDocuments());
    Set<DocumentAddress> others = new HashSet<>(atom.pendingDocuments());
    others.removeAll(aside.keySet());
    Optional<DocumentAddress> again = others.isEmpty() ? due() : Optional.empty();
    if (again.isPresent()) {
      Set<DocumentAddress> rest = new LinkedHashSet<>(aside.keySet());
      rest.remove(again.get());
      return Optional.of(new Batch(1, Long.MAX_VALUE, rest));
    }
    return Optional.of(new Batch(maxChanges, maxBytes, aside.keySet()));
  }

  private Optional<DocumentAddress> due() {
    return aside.entrySet().stream()
        .filter(entry -> entry.getValue().until() - System.nanoTime() <= 0)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean goesOn() {
    if (withoutRoom.isPresent() || suspect.isPresent()) {
      return atom.hasMore();
    }
    Set<DocumentAddress> pending = new HashSet<>(atom.pendingDocuments());
    pending.removeAll(aside.keySet());
    return atom.hasMore() || !pending.isEmpty() || due().isPresent();
  }

  private Round atRest() {
    if (withoutRoom.isPresent()) {
      return refused(withoutRoom.get());
    }
    if (!aside.isEmpty()) {
      atom.stands(
          Status.ERROR,
          "refused_on_the_way",
          "something between this device and the server refuses " + aside.size() + " document(s)");
      long next = Long.MAX_VALUE;
      for (Aside one : aside.values()) {
        next = Math.min(next, one.until() - System.nanoTime());
      }
      return new Round(Ending.DONE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(next)));
    }
    if (atom.isBehind()) {
      atom.stands(Status.ERROR, "device_full", "this device has no room for all that is here");
    } else {
      atom.stands(Status.IDLE);
    }
    return Round.of(Ending.DONE);
  }

  /** Takes an answer; not empty if the round is over. */
  private Optional<Round> took(Answer answer, Outgoing outgoing, long asked, long took) {
    int changes = outgoing.count();
    if (answer instanceof Answer.Done done) {
      return done(done, outgoing, asked, took);
    }
    if (answer instanceof Answer.Drifted drifted && ++drifts <= MAX_DRIFTS) {
      atom.drifted(drifted.serverMillis(), drifted.maxDriftMillis());
      return Optional.empty();
    }
    if (answer instanceof Answer.Refused refused && refused.status() == 429 && changes > 0) {
      atom.notStored();
      withoutRoom = Optional.of(refused); // what others have written can be pulled all the same
      return Optional.empty();
    }
    if (answer instanceof Answer.Refused refused && changes > 0 && isAboutDocuments(refused)) {
      if (changes > 1) { // whose fault it is shows when they come one by one
        atom.notStored();
        maxChanges = Math.max(1, changes / 2);
      } else {
        atom.refused(refused.code(), refused.details());
      }
      return Optional.empty();
    }
    if (answer instanceof Answer.Strange && changes > 0) {
      atom.unanswered();
      if (changes > 1) {
        maxChanges = Math.max(1, changes / 2);
      } else { // it may be this document, or the way: a pull shows which
        suspect = Optional.of(outgoing.changes().get(0).address());
      }
      return Optional.empty();
    }
    return Optional.of(failed(answer));
  }

  private static boolean isAboutDocuments(Answer.Refused refused) {
    return refused.status() == 400 || refused.status() == 413;
  }

  private Optional<Round> done(Answer.Done done, Outgoing outgoing, long asked, long took) {
    if (done.reply().resync() == Resync.RESTORED) {
      boolean waits = asksBeforeRestoring && !agreed;
      if (!told) {
        told = true;
        atom.restored(waits);
      }
      if (waits) {
        atom.unanswered();
        atom.stands(Status.ERROR, "restored", "the server has lost data; bringBack() goes on");
        return Optional.of(Round.of(Ending.REFUSED));
      }
    }
    unsure = false;
    lastAnswer = atom.millis();
    outgoing.changes().forEach(change -> aside.remove(change.address()));
    atom.done(done.reply(), asked);
    if (!atom.hasMore()) {
      told = false;
      agreed = false;
    }
    if (suspect.isPresent()) { // the way is free, so it is the document
      long pause = FIRST_ASIDE_MILLIS;
      Aside before = aside.get(suspect.get());
      if (before != null) {
        pause = Math.min(LONGEST_ASIDE_MILLIS, 2 * before.pause());
      }
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
      aside.put(suspect.get(), new Aside(until, pause));
      suspect = Optional.empty();
    }
    maxChanges = Math.min(MAX_CHANGES, maxChanges * 2);
    if (took < QUICK_MILLIS) {
      maxBytes = Math.min(MOST_BYTES, 2 * maxBytes);
      pageBytes = Math.min(MOST_BYTES, 2 * pageBytes);
    }
    return Optional.empty();
  }

  private Round failed(Answer answer) {
    unsure = true;
    if (answer instanceof Answer.Unknown unknown) {
      atom.unanswered();
      if (unknown.code().equals(ServerLink.UNREACHABLE)) { // perhaps the link is a slow one
        maxBytes = Math.max(LEAST_BYTES, maxBytes / 2);
        pageBytes = Math.max(LEAST_BYTES, pageBytes / 2);
      }
      atom.stands(Status.OFFLINE, unknown.code(), unknown.message());
      return Round.of(Ending.FAILED, unknown.after());
    }
    if (answer instanceof Answer.Strange strange) {
      atom.unanswered();
      atom.stands(Status.OFFLINE, "unreachable", "what answered is no Landfall server");
      return Round.of(Ending.FAILED, strange.after());
    }
    if (answer instanceof Answer.Unidentified) {
      atom.unanswered();
      return Round.of(Ending.UNIDENTIFIED);
    }
    atom.notStored();
    if (answer instanceof Answer.Refused refused) {
      return refused(refused);
    }
    if (answer instanceof Answer.Unauthorized one) {
      atom.stands(Status.UNAUTHORIZED, "unauthorized", "the server does not accept the token");
      return Round.of(one.removed() ? Ending.REMOVED : Ending.UNAUTHORIZED);
    }
    if (answer instanceof Answer.NotAMember expelled) {
      atom.stands(Status.ERROR, "not_a_member", expelled.message());
      return Round.of(Ending.NOT_A_MEMBER);
    }
    atom.stands(Status.ERROR, "clock_drift", "the clock of this device cannot be corrected");
    return Round.of(Ending.REFUSED);
  }

  private Round refused(Answer.Refused refused) {
    atom.stands(Status.ERROR, refused.code(), refused.message());
    return Round.of(Ending.REFUSED, refused.after());
  }
}
