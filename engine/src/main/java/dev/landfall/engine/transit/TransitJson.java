package dev.landfall.engine.transit;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Transit over JSON, the terse form and the verbose one. */
public final class TransitJson {
  private static final long MAX_EXACT = (1L << 53) - 1;

  private TransitJson() {}

  /**
   * The value of a message in either form.
   *
   * @param tags those that it may have
   * @param maxChars what its cache codes may stand for
   */
  public static JsonValue read(JsonValue message, TransitTags tags, long maxChars)
      throws TransitException {
    return new Reader(tags, maxChars).value(message);
  }

  private static final class Reader {
    private final TransitTags tags;
    private final TransitCache.Reading cache;

    Reader(TransitTags tags, long maxChars) {
      this.tags = tags;
      this.cache = new TransitCache.Reading(maxChars);
    }

    JsonValue value(JsonValue json) throws TransitException {
      if (json instanceof JsonString string) {
        return Transit.scalar(cache.read(string.value(), false));
      }
      if (json instanceof JsonNumber number) {
        return Transit.number(number);
      }
      if (json instanceof JsonArray array) {
        return array(array.values());
      }
      return json instanceof JsonObject object ? object(object) : json;
    }

    private JsonValue array(List<JsonValue> values) throws TransitException {
      if (values.isEmpty()) {
        return JsonArray.EMPTY;
      }
      List<JsonValue> read = new ArrayList<>(values.size());
      if (values.get(0) instanceof JsonString first) {
        String head = cache.read(first.value(), false);
        if (head.equals(Transit.MAP)) {
          return map(values);
        }
        if (head.startsWith(Transit.TAG)) {
          if (values.size() != 2) {
            throw new TransitException("a tag with other than one value");
          }
          return tagged(head.substring(2), values.get(1));
        }
        read.add(Transit.scalar(head));
      } else {
        read.add(at(0, values.get(0)));
      }
      for (int i = 1; i < values.size(); i++) {
        read.add(at(i, values.get(i)));
      }
      return new JsonArray(read);
    }

    private JsonValue tagged(String tag, JsonValue json) throws TransitException {
      tags.require(tag);
      return Transit.tagged(tag, value(json));
    }

    private JsonValue at(int index, JsonValue json) throws TransitException {
      try {
        return value(json);
      } catch (TransitException e) {
        throw e.under(index);
      }
    }

    private JsonValue map(List<JsonValue> values) throws TransitException {
      if (values.size() % 2 == 0) {
        throw new TransitException("a map with a key that has no value");
      }
      Transit.Entries entries = new Transit.Entries();
      for (int i = 1; i < values.size(); i += 2) {
        JsonValue key =
            values.get(i) instanceof JsonString name
                ? Transit.scalar(cache.read(name.value(), true))
                : value(values.get(i));
        entries.add(key, under(key, values.get(i + 1)));
      }
      return entries.toMap();
    }

    private JsonValue under(JsonValue key, JsonValue json) throws TransitException {
      try {
        return value(json);
      } catch (TransitException e) {
        throw key instanceof JsonString name ? e.under(name.value()) : e;
      }
    }

    private JsonValue object(JsonObject object) throws TransitException {
      Transit.Entries entries = new Transit.Entries();
      for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
        String name = cache.read(member.getKey(), true);
        if (name.startsWith(Transit.TAG)) {
          if (object.members().size() != 1) {
            throw new TransitException("a tag with other than one value");
          }
          return tagged(name.substring(2), member.getValue());
        }
        JsonValue key = Transit.scalar(name);
        entries.add(key, under(key, member.getValue()));
      }
      return entries.toMap();
    }
  }

  /** Writes one message. Not safe for concurrent use. */
  public static final class Writer implements TransitSink {
    private final JsonWriter out;
    private final boolean verbose;
    private final TransitCache.Writing cache = new TransitCache.Writing();
    private boolean first = true;

    /** To {@code out}. */
    public Writer(JsonWriter out, boolean verbose) {
      this.out = out;
      this.verbose = verbose;
    }

    @Override
    public void beginMap(int entries) {
      separate();
      first = true;
      if (verbose) {
        out.raw('{');
      } else {
        out.raw('[');
        separate();
        out.string(Transit.MAP);
      }
    }

    @Override
    public void key(String key) {
      separate();
      string(key, true);
      if (verbose) {
        out.raw(':');
        first = true;
      }
    }

    @Override
    public void endMap() {
      out.raw(verbose ? '}' : ']');
      first = false;
    }

    @Override
    public void beginArray(int elements) {
      separate();
      out.raw('[');
      first = true;
    }

    @Override
    public void endArray() {
      out.raw(']');
      first = false;
    }

    @Override
    public void beginTagged(String tag) {
      if (verbose) {
        separate();
        out.raw('{');
        out.string(tag).raw(':');
        first = true;
      } else {
        beginArray(2);
        scalar(new JsonString(tag));
      }
    }

    @Override
    public void endTagged() {
      out.raw(verbose ? '}' : ']');
      first = false;
    }

    @Override
    public void scalar(JsonValue value) {
      separate();
      if (value instanceof JsonString string) {
        string(string.value(), false);
      } else if (value instanceof JsonNumber number && isInexact(number)) {
        out.string("~i" + number.text());
      } else {
        out.value(value);
      }
    }

    /** JavaScript reads numbers of JSON as floating point. */
    private static boolean isInexact(JsonNumber number) {
      if (!Transit.isInteger(number)) {
        return false;
      }
      long value = Long.parseLong(number.text());
      return value > MAX_EXACT || value < -MAX_EXACT;
    }

    private void string(String text, boolean key) {
      out.string(verbose ? Transit.readable(text) : cache.write(text, key));
    }

    private void separate() {
      if (!first) {
        out.raw(',');
      }
      first = false;
    }
  }
}
