package dev.landfall.api;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that never change. Safe for use by many threads. */
public final class Bytes {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of {@code content}. */
  public static Bytes copyOf(byte[] content) {
    return content.length == 0 ? EMPTY : new Bytes(content.clone());
  }

  /** A copy of a part of {@code content}. */
  public static Bytes copyOf(byte[] content, int from, int length) {
    return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(content, from, from + length));
  }

  /** {@code text} in UTF-8. */
  public static Bytes utf8(String text) {
    return text.isEmpty() ? EMPTY : new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many bytes. */
  public int length() {
    return content.length;
  }

  /** The byte at {@code index}. */
  public byte at(int index) {
    return content[index];
  }

  /** The eight bytes from {@code index} on, the first of them the lowest. */
  public long eightAt(int index) {
    return (long) LONGS.get(content, index);
  }

  /** Whether the bytes of {@code part} stand here at {@code from}. */
  public boolean hasAt(int from, Bytes part) {
    int to = from + part.content.length;
    return to <= content.length
        && Arrays.equals(content, from, to, part.content, 0, part.content.length);
  }

  /** A copy of the bytes from {@code from} to before {@code to}. */
  public byte[] toArray(int from, int to) {
    return Arrays.copyOfRange(content, from, to);
  }

  /** The text that the bytes from {@code from} to before {@code to} are in UTF-8. */
  public String utf8(int from, int to) {
    return new String(content, from, to - from, StandardCharsets.UTF_8);
  }

  /** Where {@code ascii} is for the first time from {@code from} on, -1 if nowhere. */
  public int indexOf(char ascii, int from) {
    for (int i = from; i < content.length; i++) {
      if (content[i] == ascii) {
        return i;
      }
    }
    return -1;
  }

  /** Whether the characters of {@code ascii} stand here somewhere, one after the other. */
  public boolean contains(String ascii) {
    int last = content.length - ascii.length();
    for (int start = 0; start <= last; start++) {
      int length = 0;
      while (length < ascii.length() && content[start + length] == ascii.charAt(length)) {
        length++;
      }
      if (length == ascii.length()) {
        return true;
      }
    }
    return false;
  }

  /** A copy. */
  public byte[] toArray() {
    return content.clone();
  }

  /** Writes all bytes to {@code out}. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(content);
  }

  /** Copies {@code length} bytes from {@code from} on into {@code target} at {@code at}. */
  public void copyTo(int from, byte[] target, int at, int length) {
    System.arraycopy(content, from, target, at, length);
  }

  /** The text these bytes are in UTF-8. */
  public String utf8() {
    return new String(content, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return content.length + " bytes";
  }
}
