package dev.landfall.engine.transit;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Transit over MessagePack, whose types that Transit does not use are read as far as they fit. */
public final class TransitMessagePack {
  private static final int MAX_DEPTH = 72;

  private TransitMessagePack() {}

  /**
   * The one value that {@code in} holds; nothing is set aside for what does not come.
   *
   * @param tags those that it may have
   * @param maxChars what its cache codes may stand for
   * @throws IOException if {@code in} fails
   */
  public static JsonValue read(InputStream in, TransitTags tags, long maxChars)
      throws IOException, TransitException {
    DataInputStream data = new DataInputStream(in);
    try {
      JsonValue value = new Reader(data, tags, maxChars).value(data.readUnsignedByte(), 1);
      if (data.read() >= 0) {
        throw new TransitException("there is something after the value");
      }
      return value;
    } catch (EOFException e) {
      throw new TransitException("it ends within a value");
    }
  }

  private static final class Reader {
    private final DataInputStream in;
    private final TransitTags tags;
    private final TransitCache.Reading cache;

    Reader(DataInputStream in, TransitTags tags, long maxChars) {
      this.in = in;
      this.tags = tags;
      this.cache = new TransitCache.Reading(maxChars);
    }

    JsonValue value(int type, int depth) throws IOException, TransitException {
      if (depth > MAX_DEPTH) {
        throw new TransitException("nested deeper than " + MAX_DEPTH + " levels");
      }
      int text = textLength(type);
      if (text >= 0) {
        return Transit.scalar(cache.read(text(text), false));
      }
      if (type >> 4 == 0x9) {
        return array(type & 0xf, depth);
      }
      if (type >> 4 == 0x8) {
        return map(type & 0xf, depth);
      }
      switch (type) {
        case 0xdc:
          return array(in.readUnsignedShort(), depth);
        case 0xdd:
          return array(length(), depth);
        case 0xde:
          return map(in.readUnsignedShort(), depth);
        case 0xdf:
          return map(length(), depth);
        default:
          return scalar(type);
      }
    }

    private JsonValue scalar(int type) throws IOException, TransitException {
      switch (type) {
        case 0xc0:
          return JsonNull.NULL;
        case 0xc2:
          return JsonBoolean.FALSE;
        case 0xc3:
          return JsonBoolean.TRUE;
        case 0xc4:
          return bytes(in.readUnsignedByte());
        case 0xc5:
          return bytes(in.readUnsignedShort());
        case 0xc6:
          return bytes(length());
        case 0xca:
          return Transit.real(in.readFloat());
        case 0xcb:
          return Transit.real(in.readDouble());
        case 0xcc:
          return JsonNumber.of(in.readUnsignedByte());
        case 0xcd:
          return JsonNumber.of(in.readUnsignedShort());
        case 0xce:
          return JsonNumber.of(in.readInt() & 0xffff_ffffL);
        case 0xcf:
          return unsigned(in.readLong());
        case 0xd0:
          return JsonNumber.of(in.readByte());
        case 0xd1:
          return JsonNumber.of(in.readShort());
        case 0xd2:
          return JsonNumber.of(in.readInt());
        case 0xd3:
          return JsonNumber.of(in.readLong());
        default:
          if (type <= 0x7f || type >= 0xe0) {
            return JsonNumber.of((byte) type);
          }
          throw new TransitException("a type of MessagePack that Transit does not have");
      }
    }

    private static JsonValue unsigned(long value) {
      return value >= 0
          ? JsonNumber.of(value)
          : new JsonString("~n" + new BigInteger(Long.toUnsignedString(value)));
    }

    /** The length of the text that begins with {@code type}, -1 if none does. */
    private int textLength(int type) throws IOException, TransitException {
      if (type >> 5 == 0x5) {
        return type & 0x1f;
      }
      switch (type) {
        case 0xd9:
          return in.readUnsignedByte();
        case 0xda:
          return in.readUnsignedShort();
        case 0xdb:
          return length();
        default:
          return -1;
      }
    }

    private int length() throws IOException, TransitException {
      int length = in.readInt();
      if (length < 0) {
        throw new TransitException("a length of more than 31 bits");
      }
      return length;
    }

    private byte[] take(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      return bytes;
    }

    private String text(int length) throws IOException, TransitException {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(take(length))).toString();
      } catch (CharacterCodingException e) {
        throw new TransitException("a text that is not in UTF-8");
      }
    }

    private JsonValue bytes(int length) throws IOException {
      return new JsonString("~b" + Base64.getEncoder().encodeToString(take(length)));
    }

    private JsonValue array(int size, int depth) throws IOException, TransitException {
      List<JsonValue> values = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int type = in.readUnsignedByte();
        int text = i == 0 ? textLength(type) : -1;
        if (text >= 0) {
          String head = cache.read(text(text), false);
          if (head.startsWith(Transit.TAG)) {
            if (size != 2) {
              throw new TransitException("a tag with other than one value");
            }
            String tag = head.substring(2);
            tags.require(tag);
            return Transit.tagged(tag, value(in.readUnsignedByte(), depth + 1));
          }
          values.add(Transit.scalar(head));
        } else {
          try {
            values.add(value(type, depth + 1));
          } catch (TransitException e) {
            throw e.under(i);
          }
        }
      }
      return values.isEmpty() ? JsonArray.EMPTY : new JsonArray(values);
    }

    private JsonValue map(int size, int depth) throws IOException, TransitException {
      Transit.Entries entries = new Transit.Entries();
      for (int i = 0; i < size; i++) {
        int type = in.readUnsignedByte();
        int text = textLength(type);
        JsonValue key =
            text >= 0 ? Transit.scalar(cache.read(text(text), true)) : value(type, depth + 1);
        try {
          entries.add(key, value(in.readUnsignedByte(), depth + 1));
        } catch (TransitException e) {
          throw key instanceof JsonString name ? e.under(name.value()) : e;
        }
      }
      return entries.toMap();
    }
  }

  /** Writes one message into memory. Not safe for concurrent use. */
  public static final class Writer implements TransitSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final TransitCache.Writing cache = new TransitCache.Writing();

    /** An empty one. */
    public Writer() {}

    /** What has been written. */
    public byte[] toBytes() {
      return bytes.toByteArray();
    }

    private interface Step {
      void run() throws IOException;
    }

    private static void inMemory(Step step) {
      try {
        step.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void begin(int length, int small, int max, int large) {
      inMemory(
          () -> {
            if (length <= max) {
              out.writeByte(small | length);
            } else if (length <= 0xffff) {
              out.writeByte(large);
              out.writeShort(length);
            } else {
              out.writeByte(large + 1);
              out.writeInt(length);
            }
          });
    }

    @Override
    public void beginMap(int entries) {
      begin(entries, 0x80, 15, 0xde);
    }

    @Override
    public void key(String key) {
      string(key, true);
    }

    @Override
    public void endMap() {
      // its size has told
    }

    @Override
    public void beginArray(int elements) {
      begin(elements, 0x90, 15, 0xdc);
    }

    @Override
    public void endArray() {
      // its size has told
    }

    @Override
    public void beginTagged(String tag) {
      beginArray(2);
      string(tag, false);
    }

    @Override
    public void endTagged() {
      // it is always an array of two
    }

    @Override
    public void scalar(JsonValue value) {
      if (value instanceof JsonString string) {
        string(string.value(), false);
      } else if (value instanceof JsonNumber number) {
        inMemory(() -> number(number));
      } else if (value instanceof JsonBoolean) {
        inMemory(() -> out.writeByte(value.equals(JsonBoolean.TRUE) ? 0xc3 : 0xc2));
      } else {
        inMemory(() -> out.writeByte(0xc0));
      }
    }

    private void number(JsonNumber number) throws IOException {
      if (!Transit.isInteger(number)) {
        out.writeByte(0xcb);
        out.writeDouble(Double.parseDouble(number.text()));
        return;
      }
      long value = Long.parseLong(number.text());
      if (value >= -32 && value <= 127) {
        out.writeByte((int) value);
      } else if (value == (int) value) {
        out.writeByte(0xd2);
        out.writeInt((int) value);
      } else {
        out.writeByte(0xd3);
        out.writeLong(value);
      }
    }

    /** Without the length of one byte, which older readers do not know. */
    private void string(String text, boolean key) {
      byte[] utf8 = cache.write(text, key).getBytes(StandardCharsets.UTF_8);
      begin(utf8.length, 0xa0, 31, 0xda);
      inMemory(() -> out.write(utf8));
    }
  }
}
