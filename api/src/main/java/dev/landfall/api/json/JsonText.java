package dev.landfall.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.landfall.api.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON as text: RFC 8259 in UTF-8 and nothing else. No duplicate names, no byte order mark, no
 * comments, no NaN, nothing after the value. Safe for concurrent use.
 */
public final class JsonText {
  /** How deeply arrays and objects may nest: a document's 64 levels and the message around it. */
  public static final int MAX_DEPTH = 72;

  /** The most characters of a member's name: a path of 64 names, escaped. */
  public static final int MAX_NAME_LENGTH = 256 * 1024;

  private static final int PREFIX = 4;
  private static final int MAX_PLACE = 200;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(JsonNumber.MAX_LENGTH)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonText() {}

  /**
   * Reads one value from the whole of {@code in}, which is not closed.
   *
   * @throws JsonFormatException if it is not one JSON value within the limits
   * @throws IOException if {@code in} fails
   */
  public static JsonValue parse(InputStream in) throws IOException, JsonFormatException {
    CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
    try (JsonParser parser = FACTORY.createParser(new InputStreamReader(in, strict))) {
      parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      return whole(parser);
    } catch (JsonProcessingException e) {
      throw problem(e);
    } catch (CharacterCodingException e) {
      throw new JsonFormatException("not well-formed UTF-8");
    }
  }

  /**
   * Reads one value.
   *
   * @throws JsonFormatException if it is not one JSON value within the limits
   */
  public static JsonValue parse(byte[] utf8) throws JsonFormatException {
    checkEncoding(utf8);
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      return whole(parser);
    } catch (JsonProcessingException e) {
      throw problem(e);
    } catch (IOException e) {
      throw new JsonFormatException("not well-formed JSON in UTF-8");
    }
  }

  /**
   * Reads one value.
   *
   * @throws JsonFormatException if it is not one JSON value within the limits
   */
  public static JsonValue parse(String text) throws JsonFormatException {
    return parse(Bytes.utf8(text).toArray());
  }

  /** {@code value} as text. */
  public static String print(JsonValue value) {
    JsonWriter writer = new JsonWriter();
    writer.value(value);
    return writer.toBytes().utf8();
  }

  /** {@code value} in UTF-8. */
  public static Bytes bytes(JsonValue value) {
    JsonWriter writer = new JsonWriter();
    writer.value(value);
    return writer.toBytes();
  }

  /**
   * The parser would guess UTF-16 and UTF-32 from the first bytes; only in those is one of them
   * zero.
   */
  private static void checkEncoding(byte[] text) throws JsonFormatException {
    boolean utf8 = true;
    for (int i = 0; i < Math.min(PREFIX, text.length); i++) {
      int b = text[i] & 0xff;
      utf8 &= b != 0 && b != 0xfe && b != 0xff;
    }
    boolean mark =
        text.length > 2
            && (text[0] & 0xff) == 0xef
            && (text[1] & 0xff) == 0xbb
            && (text[2] & 0xff) == 0xbf;
    if (!utf8 || mark) {
      throw new JsonFormatException("not JSON in UTF-8 without a byte order mark");
    }
  }

  private static JsonValue whole(JsonParser parser) throws IOException, JsonFormatException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new JsonFormatException("the text is empty");
    }
    JsonValue value;
    try {
      value = value(parser, first);
    } catch (StreamConstraintsException e) {
      throw new JsonFormatException(path(parser), String.valueOf(problem(e).getMessage()));
    } catch (JsonFormatException e) {
      throw new JsonFormatException(path(parser), String.valueOf(e.getMessage()));
    }
    if (parser.nextToken() != null) {
      throw new JsonFormatException("there is text after the JSON value");
    }
    return value;
  }

  static JsonValue value(JsonParser parser, @Nullable JsonToken token)
      throws IOException, JsonFormatException {
    if (token == null) {
      throw new JsonFormatException("the text ends within a value");
    }
    switch (token) {
      case START_OBJECT:
        return object(parser);
      case START_ARRAY:
        return array(parser);
      case VALUE_STRING:
        return new JsonString(parser.getText());
      case VALUE_NUMBER_INT:
      case VALUE_NUMBER_FLOAT:
        return number(parser.getText());
      case VALUE_TRUE:
        return JsonBoolean.TRUE;
      case VALUE_FALSE:
        return JsonBoolean.FALSE;
      case VALUE_NULL:
        return JsonNull.NULL;
      default:
        throw new JsonFormatException("not well-formed JSON");
    }
  }

  private static JsonValue number(String text) throws JsonFormatException {
    try {
      return JsonNumber.parse(text);
    } catch (IllegalArgumentException e) {
      throw new JsonFormatException(String.valueOf(e.getMessage()));
    }
  }

  private static JsonObject object(JsonParser parser) throws IOException, JsonFormatException {
    JsonObject.Builder object = JsonObject.builder();
    while (true) {
      String name = parser.nextFieldName();
      if (name == null) {
        return object.build();
      }
      if (!object.add(name, value(parser, parser.nextToken()))) {
        throw new JsonFormatException("a name given twice" + place(parser.currentLocation()));
      }
    }
  }

  private static JsonArray array(JsonParser parser) throws IOException, JsonFormatException {
    List<JsonValue> values = new ArrayList<>();
    while (true) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.END_ARRAY) {
        return values.isEmpty() ? JsonArray.EMPTY : new JsonArray(values);
      }
      values.add(value(parser, token));
    }
  }

  static JsonFormatException problem(JsonProcessingException e) {
    String place = place(e.getLocation());
    if (e instanceof StreamConstraintsException) {
      return new JsonFormatException(
          "nested deeper than "
              + MAX_DEPTH
              + " levels, or a name or number that is too long"
              + place);
    }
    return new JsonFormatException("not well-formed JSON in UTF-8" + place);
  }

  /** A parser of {@code text}, which it does not close. */
  static JsonParser parser(Reader text) throws IOException {
    JsonParser parser = FACTORY.createParser(text);
    parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
    return parser;
  }

  /** Where {@code parser} is, in the words of a message. */
  private static String path(JsonParser parser) {
    Deque<JsonStreamContext> outermostFirst = new ArrayDeque<>();
    for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
      outermostFirst.push(at);
    }
    StringBuilder path = new StringBuilder();
    for (JsonStreamContext at : outermostFirst) {
      if (path.length() > MAX_PLACE) {
        break;
      }
      if (at.inArray() && at.hasCurrentIndex()) {
        path.append('[').append(at.getCurrentIndex()).append(']');
      } else if (at.inObject() && at.getCurrentName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(at.getCurrentName());
      }
    }
    return path.substring(0, Math.min(MAX_PLACE, path.length()));
  }

  static String place(JsonParser parser) {
    return place(parser.currentLocation());
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
  }
}
