package dev.landfall.commands;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.CopyableStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Takes everything from one store over to another by the log of the other: commits with clocks of
 * long ago hold the documents and where they stand, with revisions and positions as they were; then
 * an empty commit for each epoch puts its last clock where it was, and the log ends at the same
 * clock. How far it has come is noted in the target, so that it can be broken off anywhere: each
 * step may be done again.
 */
final class StoreCopy {
  /** The kind of the notes in the target. */
  private static final String NOTES = "storeCopy";

  private static final String WHOLE = "source";

  /** Sign-ins that somebody is in the middle of. */
  private static final String SIGN_INS = "signin";

  /** Before every clock of a server, and late enough to subtract weeks from. */
  private static final long LONG_AGO = 31_536_000_000L;

  /** A millisecond for each commit of a copy; the year is 1982 then. */
  private static final long LATER = LONG_AGO + 350_000_000_000L;

  private static final String EPOCH = "copy";
  private static final int PIECE = 500;

  private final StoreBackend from;
  private final StoreBackend to;
  private final CopyableStore source;
  private final CopyableStore target;
  private final int piece;
  private final Consumer<String> progress;

  StoreCopy(StoreBackend from, StoreBackend to, Consumer<String> progress) {
    this(from, to, PIECE, progress);
  }

  /**
   * A copy.
   *
   * @param piece how many documents are copied at once
   */
  StoreCopy(StoreBackend from, StoreBackend to, int piece, Consumer<String> progress) {
    this.piece = piece;
    this.from = from;
    this.to = to;
    this.source = copyable(from);
    this.target = copyable(to);
    this.progress = progress;
  }

  private static CopyableStore copyable(StoreBackend store) {
    if (store instanceof CopyableStore copyable) {
      return copyable;
    }
    throw CommandException.failure("This kind of store cannot be copied.");
  }

  /**
   * Copies what has not been copied yet, and compares all of it.
   *
   * @param name of the source; a copy that was broken off goes on from the same one only
   * @return what is different, a sentence each; empty if all is equal
   */
  List<String> run(String name) {
    begin(name);
    copyDirectory();
    for (ApplicationName application : sorted(from.applications())) {
      copy(application);
    }
    List<String> differences = new StoreComparison(from, to, Set.of(NOTES, SIGN_INS), EPOCH).run();
    if (differences.isEmpty()) {
      removeNotes();
    }
    return differences;
  }

  private static Set<ApplicationName> sorted(Set<ApplicationName> names) {
    Set<ApplicationName> sorted = new TreeSet<>(Comparator.comparing(ApplicationName::value));
    sorted.addAll(names);
    return sorted;
  }

  private void begin(String name) {
    Optional<DirectoryRecord> note = to.directory().find(NOTES, WHOLE);
    if (note.isPresent()) {
      String begun = note.get().content().utf8();
      if (!begun.equals(name)) {
        throw CommandException.failure(
            "The target holds part of a copy of " + begun + ", not of " + name + ".");
      }
      progress.accept("Going on with a copy that was broken off.");
      return;
    }
    boolean empty =
        target.kinds().isEmpty()
            && to.applications().stream()
                .allMatch(application -> to.application(application).tip().number() == 0);
    if (!empty) {
      throw CommandException.failure("The target is not empty.");
    }
    put(new DirectoryRecord(NOTES, WHOLE, 1, Bytes.utf8(name)));
  }

  private void copyDirectory() {
    long copied = 0;
    for (String kind : new TreeSet<>(source.kinds())) {
      if (kind.equals(SIGN_INS) || kind.equals(NOTES)) {
        continue;
      }
      String after = "";
      List<DirectoryRecord> page;
      do {
        page = from.directory().list(kind, after, PIECE);
        for (DirectoryRecord record : page) {
          after = record.name();
          put(record);
        }
        copied += page.size();
      } while (page.size() == PIECE);
    }
    progress.accept(copied + " records of users, organisations and the like");
  }

  /** Versions count from 1 again: nobody is in the middle of changing one. */
  private void put(DirectoryRecord record) {
    Directory directory = to.directory();
    Optional<DirectoryRecord> there = directory.find(record.kind(), record.name());
    if (there.isPresent() && there.get().content().equals(record.content())) {
      return;
    }
    long version = there.map(DirectoryRecord::version).orElse(0L) + 1;
    if (!directory.write(
        new DirectoryRecord(record.kind(), record.name(), version, record.content()))) {
      throw somebodyElse();
    }
  }

  private static CommandException somebodyElse() {
    return CommandException.failure("Somebody else writes to the target.");
  }

  private void copy(ApplicationName application) {
    Tip end = from.application(application).tip();
    if (to.application(application).tip().clock().millis() < LATER) {
      copyDocuments(application);
    }
    endLog(application);
    target.contents(application).raise(source.contents(application).horizons());
    if (!from.application(application).tip().equals(end)) {
      throw CommandException.failure("Somebody writes to the source.");
    }
  }

  private void copyDocuments(ApplicationName application) {
    ApplicationStore store = from.application(application);
    ApplicationContents contents = source.contents(application);
    String after =
        to.directory().find(NOTES, note(application)).map(note -> note.content().utf8()).orElse("");
    long copied = 0;
    do {
      DocumentScan scanned = store.scan(after, piece);
      if (!scanned.documents().isEmpty()) {
        Set<DocumentId> ids =
            scanned.documents().stream().map(StoredDocument::id).collect(Collectors.toSet());
        append(application, scanned.documents(), contents.entries(ids));
      }
      copied += scanned.documents().size();
      after = scanned.next();
      if (!after.isEmpty()) {
        put(new DirectoryRecord(NOTES, note(application), 1, Bytes.utf8(after)));
      }
      progress.accept(application.value() + ": " + copied + " documents");
    } while (!after.isEmpty());
  }

  private static String note(ApplicationName application) {
    return "of " + application.value();
  }

  private void append(
      ApplicationName application, List<StoredDocument> documents, List<FeedEntry> entries) {
    long number = to.application(application).tip().number() + 1;
    HybridTimestamp clock = new HybridTimestamp(LONG_AGO + number, 0, EPOCH);
    append(application, new Commit(number, clock, EPOCH, EPOCH + number, documents, entries));
  }

  private void endLog(ApplicationName application) {
    List<Map.Entry<String, HybridTimestamp>> epochs =
        source.contents(application).epochs().entrySet().stream()
            .sorted(Map.Entry.comparingByValue())
            .toList();
    for (Map.Entry<String, HybridTimestamp> epoch : epochs) {
      Tip tip = to.application(application).tip();
      if (epoch.getValue().isAfter(tip.clock())) {
        long number = tip.number() + 1;
        append(
            application,
            new Commit(
                number, epoch.getValue(), epoch.getKey(), EPOCH + number, List.of(), List.of()));
      }
    }
  }

  private void append(ApplicationName application, Commit commit) {
    if (to.application(application).append(commit) != AppendOutcome.APPENDED) {
      throw somebodyElse();
    }
  }

  /** The one that says that there is a copy goes last. */
  private void removeNotes() {
    Directory directory = to.directory();
    for (DirectoryRecord note : directory.list(NOTES, "", 1_000)) {
      if (!note.name().equals(WHOLE)) {
        directory.remove(NOTES, note.name(), note.version());
      }
    }
    directory.find(NOTES, WHOLE).ifPresent(note -> directory.remove(NOTES, WHOLE, note.version()));
  }
}
