package dev.landfall.api.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON that is too long for memory, as strict as {@link JsonText}: objects and arrays are gone
 * through member by member, and only the values that are asked for are in memory, each whole. Names
 * given twice are told only inside of those. Not safe for concurrent use.
 */
public final class JsonStream {
  private final Rationed in;
  private final JsonParser parser;
  private final int max;
  private @Nullable JsonToken ahead;
  private boolean asked;

  /**
   * Reads {@code in}, which is not closed.
   *
   * @param max how many bytes a value may have, roughly
   */
  public JsonStream(InputStream in, int max) throws IOException {
    this.in = new Rationed(in);
    this.max = max;
    this.parser =
        JsonText.parser(new InputStreamReader(this.in, StandardCharsets.UTF_8.newDecoder()));
  }

  /** Is called for each member of an object, and then asks for its value, or does not. */
  public interface Member {
    /** A member. */
    void read(String name) throws IOException, JsonFormatException;
  }

  /** Is called for each element of an array, and then asks for it, or does not. */
  public interface Element {
    /** An element, counted from 0. */
    void read(int index) throws IOException, JsonFormatException;
  }

  /** Goes through the next value, which has to be an object. */
  public void object(Member member) throws IOException, JsonFormatException {
    if (take() != JsonToken.START_OBJECT) {
      throw new JsonFormatException("must be an object" + JsonText.place(parser));
    }
    while (advance() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      asked = false;
      member.read(name);
      if (!asked) {
        skip();
      }
    }
    asked = true;
  }

  /** Goes through the next value, which has to be an array. */
  public void array(Element element) throws IOException, JsonFormatException {
    if (take() != JsonToken.START_ARRAY) {
      throw new JsonFormatException("must be an array" + JsonText.place(parser));
    }
    int index = 0;
    for (JsonToken next = advance(); next != JsonToken.END_ARRAY; next = advance()) {
      ahead = next;
      asked = false;
      element.read(index++);
      if (!asked) {
        skip();
      }
    }
    asked = true;
  }

  /** The next value. */
  public JsonValue value() throws IOException, JsonFormatException {
    in.ration = max;
    try {
      return JsonText.value(parser, take());
    } catch (JsonProcessingException e) {
      throw JsonText.problem(e);
    } catch (CharacterCodingException e) {
      throw notUtf8();
    } catch (IOException e) {
      if (in.exhausted) {
        throw new JsonFormatException("has more than " + max + " bytes");
      }
      throw e;
    } finally {
      in.ration = Long.MAX_VALUE;
    }
  }

  /** Finds that nothing follows. */
  public void end() throws IOException, JsonFormatException {
    if (advance() != null) {
      throw new JsonFormatException("there is text after the JSON value");
    }
  }

  private void skip() throws IOException, JsonFormatException {
    JsonToken token = take();
    int depth = 0;
    while (true) {
      if (token == null) {
        throw new JsonFormatException("the text ends within a value");
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        return;
      }
      token = advance();
    }
  }

  private @Nullable JsonToken take() throws IOException, JsonFormatException {
    asked = true;
    JsonToken taken = ahead == null ? advance() : ahead;
    ahead = null;
    return taken;
  }

  private @Nullable JsonToken advance() throws IOException, JsonFormatException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException e) {
      throw JsonText.problem(e);
    } catch (CharacterCodingException e) {
      throw notUtf8();
    }
  }

  private static JsonFormatException notUtf8() {
    return new JsonFormatException("not well-formed UTF-8");
  }

  /** Gives out only so much while a value is read. */
  private static final class Rationed extends FilterInputStream {
    private long ration = Long.MAX_VALUE;
    private boolean exhausted;

    Rationed(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (ration <= 0) {
        exhausted = true;
        throw new IOException("a value is too long");
      }
      int read = in.read(target, from, length);
      ration -= Math.max(0, read);
      return read;
    }
  }
}
