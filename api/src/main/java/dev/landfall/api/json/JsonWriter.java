package dev.landfall.api.json;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes JSON in UTF-8 into memory. The caller keeps the grammar: braces and commas are written as
 * asked. Not safe for concurrent use.
 */
public final class JsonWriter {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private static final int MILLIS_DIGITS = 13;
  private static final int SEQUENCE_DIGITS = 6;

  /** What a clock takes beside its node: two quotes and two hyphens more. */
  private static final int CLOCK_LENGTH = MILLIS_DIGITS + SEQUENCE_DIGITS + 4;

  private byte[] buffer = new byte[256];
  private int length;

  /** An empty writer. */
  public JsonWriter() {}

  /** Writes one ASCII character as it is. */
  public JsonWriter raw(char c) {
    reserve(1);
    buffer[length++] = (byte) c;
    return this;
  }

  /** Writes ASCII text as it is. */
  @SuppressWarnings("deprecation") // the ASCII copy of String.getBytes is what is wanted
  public JsonWriter raw(String ascii) {
    reserve(ascii.length());
    ascii.getBytes(0, ascii.length(), buffer, length);
    length += ascii.length();
    return this;
  }

  /** Writes bytes as they are. */
  public JsonWriter raw(Bytes bytes) {
    return raw(bytes, 0, bytes.length());
  }

  /** Writes a part of some bytes as they are. */
  public JsonWriter raw(Bytes bytes, int from, int count) {
    reserve(count);
    bytes.copyTo(from, buffer, length, count);
    length += count;
    return this;
  }

  /** Writes a member's name and the colon. */
  public JsonWriter name(String name) {
    string(name);
    return raw(':');
  }

  /** Writes a value. */
  public JsonWriter value(JsonValue value) {
    if (value instanceof JsonString string) {
      string(string.value());
    } else if (value instanceof JsonObject object) {
      raw('{');
      boolean first = true;
      for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
        if (!first) {
          raw(',');
        }
        first = false;
        name(member.getKey());
        value(member.getValue());
      }
      raw('}');
    } else if (value instanceof JsonArray array) {
      raw('[');
      boolean first = true;
      for (JsonValue element : array.values()) {
        if (!first) {
          raw(',');
        }
        first = false;
        value(element);
      }
      raw(']');
    } else {
      raw(value.toString());
    }
    return this;
  }

  /**
   * Writes a string with its quotes. A lone surrogate is written as an escape, so that it survives
   * UTF-8.
   */
  public JsonWriter string(String text) {
    reserve(text.length() * 3 + 2);
    buffer[length++] = '"';
    characters(text);
    buffer[length++] = '"';
    return this;
  }

  /** Writes the text form of a clock as a string. */
  public JsonWriter clock(HybridTimestamp clock) {
    String node = clock.node();
    reserve(CLOCK_LENGTH + node.length() * 3);
    byte[] out = buffer;
    int at = length;
    out[at++] = '"';
    for (int shift = 4 * (MILLIS_DIGITS - 1); shift >= 0; shift -= 4) {
      out[at++] = HEX[(int) (clock.millis() >>> shift) & 15];
    }
    out[at++] = '-';
    for (int shift = 4 * (SEQUENCE_DIGITS - 1); shift >= 0; shift -= 4) {
      out[at++] = HEX[clock.sequence() >>> shift & 15];
    }
    out[at++] = '-';
    length = at;
    characters(node);
    buffer[length++] = '"';
    return this;
  }

  /** Writes what is between the quotes; room for it and the closing one has been reserved. */
  private void characters(String text) {
    int count = text.length();
    byte[] out = buffer;
    int at = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c >= 0x20 && c != '"' && c != '\\') {
          out[at++] = (byte) c;
        } else {
          length = at;
          escape(c, count - i);
          out = buffer;
          at = length;
        }
      } else if (c < 0x800) {
        out[at++] = (byte) (0xc0 | c >> 6);
        out[at++] = (byte) (0x80 | (c & 0x3f));
      } else if (!Character.isSurrogate(c)) {
        out[at++] = (byte) (0xe0 | c >> 12);
        out[at++] = (byte) (0x80 | (c >> 6 & 0x3f));
        out[at++] = (byte) (0x80 | (c & 0x3f));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int codePoint = Character.toCodePoint(c, text.charAt(++i));
        out[at++] = (byte) (0xf0 | codePoint >> 18);
        out[at++] = (byte) (0x80 | (codePoint >> 12 & 0x3f));
        out[at++] = (byte) (0x80 | (codePoint >> 6 & 0x3f));
        out[at++] = (byte) (0x80 | (codePoint & 0x3f));
      } else {
        length = at;
        escape(c, count - i);
        out = buffer;
        at = length;
      }
    }
    length = at;
  }

  /** How many bytes have been written since the last {@link #drainTo} or {@link #toBytes}. */
  public int length() {
    return length;
  }

  /** A copy of what has been written; the writer goes on behind it. */
  public Bytes toBytes() {
    return Bytes.copyOf(buffer, 0, length);
  }

  /** Moves what has been written to {@code out}; the writer is empty afterwards. */
  public void drainTo(OutputStream out) throws IOException {
    out.write(buffer, 0, length);
    length = 0;
  }

  private void escape(char c, int remaining) {
    reserve(6 + remaining * 3 + 2);
    buffer[length++] = '\\';
    switch (c) {
      case '"':
      case '\\':
        buffer[length++] = (byte) c;
        break;
      case '\n':
        buffer[length++] = 'n';
        break;
      case '\r':
        buffer[length++] = 'r';
        break;
      case '\t':
        buffer[length++] = 't';
        break;
      default:
        buffer[length++] = 'u';
        buffer[length++] = HEX[c >> 12 & 15];
        buffer[length++] = HEX[c >> 8 & 15];
        buffer[length++] = HEX[c >> 4 & 15];
        buffer[length++] = HEX[c & 15];
    }
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > buffer.length) {
      buffer =
          Arrays.copyOf(
              buffer, Math.max(needed, (int) Math.min(buffer.length * 2L, Integer.MAX_VALUE - 64)));
    }
  }
}
