package dev.landfall.store.sqlite;

import java.util.Arrays;

/** Numbers of documents, each once, in ascending order. */
final class DocumentNumbers {
  private static final int DECIMAL = 10;
  private static final int SHORTEST = 2;
  private static final long LONGEST_SIEVE = 1 << 18;

  /** None. */
  static final DocumentNumbers NONE = new DocumentNumbers(new long[0]);

  private final long[] values;

  private DocumentNumbers(long[] values) {
    this.values = values;
  }

  /** Those in a list as SQLite writes one: digits, and a comma between two numbers. */
  static DocumentNumbers parse(String list) {
    long[] values = new long[list.length() / SHORTEST + 1];
    int size = 0;
    boolean ascending = true;
    for (int i = 0; i < list.length(); i++) {
      long value = 0;
      while (i < list.length() && list.charAt(i) != ',') {
        value = value * DECIMAL + (list.charAt(i++) - '0');
      }
      ascending &= size == 0 || values[size - 1] < value;
      values[size++] = value;
    }
    if (!ascending) {
      Arrays.sort(values, 0, size);
      size = withoutRepetitions(values, size);
    }
    return new DocumentNumbers(Arrays.copyOf(values, size));
  }

  private static int withoutRepetitions(long[] values, int size) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (kept == 0 || values[kept - 1] != values[i]) {
        values[kept++] = values[i];
      }
    }
    return kept;
  }

  int size() {
    return values.length;
  }

  /** Those that are here or there. */
  DocumentNumbers or(DocumentNumbers other) {
    if (values.length == 0) {
      return other;
    }
    if (other.values.length == 0) {
      return this;
    }
    long[] either = Arrays.copyOf(values, values.length + other.values.length);
    System.arraycopy(other.values, 0, either, values.length, other.values.length);
    Arrays.sort(either); // two ascending runs
    return new DocumentNumbers(Arrays.copyOf(either, withoutRepetitions(either, either.length)));
  }

  /** Those that are here and there. */
  DocumentNumbers and(DocumentNumbers other) {
    long[] both = new long[Math.min(values.length, other.values.length)];
    int size = 0;
    int there = 0;
    for (long value : values) {
      while (there < other.values.length && other.values[there] < value) {
        there++;
      }
      if (there < other.values.length && other.values[there] == value) {
        both[size++] = value;
      }
    }
    return new DocumentNumbers(Arrays.copyOf(both, size));
  }

  boolean contains(long number) {
    return Arrays.binarySearch(values, number) >= 0;
  }

  /**
   * 1 at the place of each number and 0 elsewhere. Of a number that is too large the lowest bits
   * are its place, so that others may have the same; the length is a power of two.
   */
  byte[] sieve() {
    long last = values.length == 0 ? 0 : values[values.length - 1];
    byte[] sieve = new byte[(int) Math.min(LONGEST_SIEVE, 2 * Long.highestOneBit(last | 1))];
    for (long value : values) {
      sieve[(int) (value & (sieve.length - 1))] = 1;
    }
    return sieve;
  }

  /** As SQLite reads them. */
  String json() {
    StringBuilder json = new StringBuilder(values.length * 8 + 2).append('[');
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        json.append(',');
      }
      json.append(values[i]);
    }
    return json.append(']').toString();
  }
}
