package dev.landfall.engine.document;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonWriter;
import java.io.ByteArrayOutputStream;
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

  /**
   * How many bytes are kept with everything in them, beyond the first {@link #MIN_ENTRIES} entries.
   * What is older keeps its small values, in half as much again.
   */
  public static final int MAX_BYTES = 128 * 1024;

  /** How long a value may be, in bytes, to be kept beyond {@link #MAX_BYTES}. */
  public static final int SMALL_BYTES = 256;

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
    byte[] line = line(entry);
    long oldest = entry.commit().millis() - keep.toMillis();
    int kept = 0;
    int count = 1;
    boolean isFull = false;
    while (kept < lines.length() && count < MAX_ENTRIES) {
      int end = endOfLine(kept);
      boolean optional = count >= MIN_ENTRIES;
      isFull = optional && line.length + end > MAX_BYTES;
      if (isFull || (optional && millis(kept) < oldest)) {
        break;
      }
      kept = end;
      count++;
    }
    byte[] small = isFull ? smallValues(kept, MAX_ENTRIES - count, oldest) : new byte[0];
    byte[] all = Arrays.copyOf(line, line.length + kept + small.length);
    lines.copyTo(0, all, line.length, kept);
    System.arraycopy(small, 0, all, line.length + kept, small.length);
    return new History(Bytes.copyOf(all));
  }

  /** The lines from {@code start} on, at most {@code count}, without their large values. */
  private byte[] smallValues(int start, int count, long oldest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = start;
    for (int i = 0; i < count && from < lines.length() && millis(from) >= oldest; i++) {
      int end = endOfLine(from);
      byte[] line = new byte[end - from];
      lines.copyTo(from, line, 0, line.length);
      if (line.length > SMALL_BYTES) { // else no value in it can be large
        line = line(entry(from, end).withoutLarge(SMALL_BYTES));
      }
      if (out.size() + line.length > MAX_BYTES / 2) {
        break;
      }
      out.writeBytes(line);
      from = end;
    }
    return out.toByteArray();
  }

  private static byte[] line(HistoryEntry entry) {
    JsonWriter line = new JsonWriter().raw(entry.commit().toString()).raw('\t');
    return line.value(entry.toJson()).raw('\n').toBytes().toArray();
  }

  private HistoryEntry entry(int start, int end) {
    int tab = lines.indexOf('\t', start);
    HybridTimestamp commit = HybridTimestamp.parse(text(start, tab));
    return HistoryEntry.fromJson(commit, text(tab + 1, end - 1));
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
        entries.add(entry(start, end));
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
