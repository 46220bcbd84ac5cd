package dev.landfall.engine.document;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The reverse deltas of one document, newest first, each on a line of its own after its commit
 * clock, so that the newest can be put in front without reading the others. Immutable.
 */
public final class History {
  /** How many entries are kept however old and large they are. */
  public static final int MIN_ENTRIES = 8;

  /** How many entries are kept at most. */
  public static final int MAX_ENTRIES = 200;

  /** How many bytes are kept at most, beyond the first {@link #MIN_ENTRIES} entries. */
  public static final int MAX_BYTES = 128 * 1024;

  /** The history of a document that does not exist. */
  public static final History NONE = new History(Bytes.EMPTY);

  private final Bytes lines;

  /** Reads what {@link #bytes()} gave. */
  public History(Bytes lines) {
    this.lines = lines;
  }

  /** The form a store keeps. */
  public Bytes bytes() {
    return lines;
  }

  /**
   * This history with {@code entry} in front and without what is no longer kept.
   *
   * @param keep how long entries are kept
   */
  public History with(HistoryEntry entry, Duration keep) {
    byte[] line =
        (entry.commit() + "\t" + JsonText.print(entry.toJson()) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    long oldest = entry.commit().millis() - keep.toMillis();
    int kept = 0;
    int count = 1;
    while (kept < lines.length() && count < MAX_ENTRIES) {
      int end = endOfLine(kept);
      boolean optional = count >= MIN_ENTRIES;
      if (optional && (line.length + end > MAX_BYTES || millis(kept) < oldest)) {
        break;
      }
      kept = end;
      count++;
    }
    byte[] all = Arrays.copyOf(line, line.length + kept);
    lines.copyTo(0, all, line.length, kept);
    return new History(Bytes.copyOf(all));
  }

  /** All entries, newest first. */
  public List<HistoryEntry> entries() {
    return after(HybridTimestamp.ZERO).entries();
  }

  /** The entries of the commits after {@code base}. */
  public Since after(HybridTimestamp base) {
    List<HistoryEntry> entries = new ArrayList<>();
    boolean complete = false;
    int start = 0;
    while (start < lines.length() && !complete) {
      int end = endOfLine(start);
      int tab = lines.indexOf('\t', start);
      HybridTimestamp commit = HybridTimestamp.parse(text(start, tab));
      if (commit.isAfter(base)) {
        entries.add(HistoryEntry.fromJson(commit, text(tab + 1, end - 1)));
        complete = entries.get(entries.size() - 1).creation();
      } else {
        complete = true;
      }
      start = end;
    }
    return new Since(entries, complete);
  }

  /**
   * What happened after some time.
   *
   * @param entries newest first
   * @param complete whether nothing is missing between the oldest of them and that time
   */
  public record Since(List<HistoryEntry> entries, boolean complete) {
    public Since {
      entries = List.copyOf(entries);
    }
  }

  private int endOfLine(int start) {
    return lines.indexOf('\n', start) + 1;
  }

  private long millis(int start) {
    return Long.parseLong(text(start, start + 13), 16);
  }

  private String text(int from, int to) {
    byte[] part = new byte[to - from];
    lines.copyTo(from, part, 0, part.length);
    return new String(part, StandardCharsets.UTF_8);
  }
}
