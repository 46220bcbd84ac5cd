package dev.landfall.commands;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.CopyableStore;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether two stores hold the same: each document with its revision, wire form, clocks, history and
 * terms, where it stands, horizons, epochs and ends of logs, and the directory but for versions.
 */
final class StoreComparison {
  private static final int PIECE = 500;
  private static final int MOST = 20;

  private final StoreBackend from;
  private final StoreBackend to;
  private final Set<String> kindsLeftOut;
  private final String epochLeftOut;
  private final List<String> differences = new ArrayList<>();

  StoreComparison(
      StoreBackend from, StoreBackend to, Set<String> kindsLeftOut, String epochLeftOut) {
    this.from = from;
    this.to = to;
    this.kindsLeftOut = Set.copyOf(kindsLeftOut);
    this.epochLeftOut = epochLeftOut;
  }

  /** What is different, a sentence each and the first twenty. */
  List<String> run() {
    compareDirectories();
    Set<ApplicationName> applications = new HashSet<>(from.applications());
    applications.addAll(to.applications());
    for (ApplicationName application : applications) {
      compare(application);
    }
    return List.copyOf(differences);
  }

  private void differ(String what) {
    if (differences.size() < MOST) {
      differences.add(what);
    }
  }

  private void compareDirectories() {
    Set<String> kinds = new TreeSet<>(((CopyableStore) from).kinds());
    kinds.addAll(((CopyableStore) to).kinds());
    kinds.removeAll(kindsLeftOut);
    for (String kind : kinds) {
      if (!records(from, kind).equals(records(to, kind))) {
        differ("The records of kind '" + kind + "' in the directory are different.");
      }
    }
  }

  private static Map<String, Bytes> records(StoreBackend store, String kind) {
    Map<String, Bytes> records = new TreeMap<>();
    String after = "";
    List<DirectoryRecord> page;
    do {
      page = store.directory().list(kind, after, PIECE);
      for (DirectoryRecord record : page) {
        after = record.name();
        records.put(record.name(), record.content());
      }
    } while (page.size() == PIECE);
    return records;
  }

  private void compare(ApplicationName application) {
    ApplicationStore source = from.application(application);
    ApplicationStore target = to.application(application);
    String name = application.value() + ": ";
    if (!source.tip().clock().equals(target.tip().clock())) {
      differ(name + "the logs end at different clocks.");
    }
    ApplicationContents left = ((CopyableStore) from).contents(application);
    ApplicationContents right = ((CopyableStore) to).contents(application);
    if (!epochs(left).equals(epochs(right))) {
      differ(name + "the epochs of the logs are different.");
    }
    if (!left.horizons().equals(right.horizons())) {
      differ(name + "the horizons of purges are different.");
    }
    long documents = compareDocuments(name, source, left, target, right);
    if (documents != count(target)) {
      differ(name + "there are more documents in the target.");
    }
  }

  private Map<String, HybridTimestamp> epochs(ApplicationContents contents) {
    Map<String, HybridTimestamp> epochs = new TreeMap<>(contents.epochs());
    epochs.remove(epochLeftOut);
    return epochs;
  }

  private long compareDocuments(
      String name,
      ApplicationStore source,
      ApplicationContents left,
      ApplicationStore target,
      ApplicationContents right) {
    long documents = 0;
    String after = "";
    do {
      DocumentScan piece = source.scan(after, PIECE);
      Map<DocumentId, StoredDocument> expected =
          piece.documents().stream().collect(Collectors.toMap(StoredDocument::id, it -> it));
      Map<DocumentId, StoredDocument> found = target.find(expected.keySet());
      if (!found.equals(expected)) {
        expected.forEach(
            (id, document) -> {
              if (!Optional.of(document).equals(Optional.ofNullable(found.get(id)))) {
                differ(name + "a document is different: " + id);
              }
            });
      }
      if (!expected.isEmpty()
          && !new HashSet<>(left.entries(expected.keySet()))
              .equals(new HashSet<>(right.entries(expected.keySet())))) {
        differ(name + "documents stand in different feeds, after '" + after + "'.");
      }
      documents += piece.documents().size();
      after = piece.next();
    } while (!after.isEmpty());
    return documents;
  }

  private static long count(ApplicationStore store) {
    long documents = 0;
    String after = "";
    do {
      DocumentScan piece = store.scan(after, PIECE);
      documents += piece.documents().size();
      after = piece.next();
    } while (!after.isEmpty());
    return documents;
  }
}
