package dev.landfall.engine.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transit values on the wire and in documents. */
class TransitFormTest {
  private static final TransitTags TAGS = new TransitTags(Set.of("point"));
  private static final int VALUES = 3_000;
  private static final String[] STRINGS = {
    "",
    "a",
    "milk",
    "~",
    "~~",
    "^",
    "^ ",
    "~^ ",
    "`x",
    "~:x",
    "~~:x",
    "~#set",
    "~5 kg",
    "~remind me",
    "~_",
    "~i5",
    "~m12",
    "~d1.5",
    "~?t",
    "~value",
    "_key",
    "~_key",
    "a.b",
    "a%2Eb",
    "\u00fc\u4e2d",
    "long enough for the cache",
    "~zNaN",
    "\"quoted\"\n",
    "ns/name"
  };

  /** Random values in the form of {@link Transit}. */
  static final class Values {
    private final Random random;

    Values(long seed) {
      random = new Random(seed);
    }

    private String text() {
      return STRINGS[random.nextInt(STRINGS.length)];
    }

    private String scalarText() {
      return switch (random.nextInt(10)) {
        case 0 -> "~:" + (random.nextBoolean() ? "k" + random.nextInt(9) : text());
        case 1 -> "~$" + text();
        case 2 -> "~u" + new java.util.UUID(random.nextLong(), random.nextLong());
        case 3 -> "~m" + random.nextLong();
        case 4 -> "~n" + new java.math.BigInteger(random.nextInt(200), random);
        case 5 ->
            "~f"
                + new java.math.BigDecimal(
                    new java.math.BigInteger(90, random), random.nextInt(60) - 30);
        case 6 -> "~c" + (random.nextBoolean() ? "~" : "x");
        case 7 ->
            "~b"
                + java.util.Base64.getEncoder()
                    .encodeToString(text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        case 8 -> random.nextBoolean() ? "~rhttp://example.org/x" : "~zNaN";
        default -> Transit.escaped(text());
      };
    }

    JsonValue value(int depth) throws TransitException {
      switch (random.nextInt(depth > 0 ? 12 : 6)) {
        case 0:
          return JsonNull.NULL;
        case 1:
          return JsonBoolean.of(random.nextBoolean());
        case 2:
          return JsonNumber.of(random.nextBoolean() ? random.nextInt(300) : random.nextLong());
        case 3:
          return Transit.real(
              random.nextBoolean() ? random.nextInt(5) : random.nextGaussian() * 1e300);
        case 4, 5:
          return new JsonString(scalarText());
        case 6:
          return Transit.tagged("set", new JsonArray(list(depth)));
        case 7:
          return Transit.tagged(
              random.nextBoolean() ? "list" : "ratio", new JsonArray(list(depth)));
        case 8:
          return Transit.tagged(
              "cmap", new JsonArray(List.of(new JsonArray(list(depth)), value(depth - 1))));
        case 9:
          return new JsonArray(list(depth));
        default:
          return map(depth, random.nextBoolean());
      }
    }

    private List<JsonValue> list(int depth) throws TransitException {
      List<JsonValue> values = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        values.add(value(depth - 1));
      }
      return values;
    }

    JsonValue map(int depth, boolean keywords) throws TransitException {
      Map<String, JsonValue> map = new LinkedHashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        String key = keywords ? "~:" + text() : scalarText();
        map.put(random.nextInt(9) == 0 && !keywords ? "~i" + i : key, value(depth - 1));
      }
      return JsonObject.of(map);
    }
  }

  private static JsonValue throughJson(JsonValue value, boolean verbose) throws Exception {
    JsonWriter out = new JsonWriter();
    new TransitJson.Writer(out, verbose).value(new JsonArray(List.of(value)));
    JsonValue read = TransitJson.read(JsonText.parse(out.toBytes().toArray()), TAGS, 10_000_000);
    return ((JsonArray) read).values().get(0);
  }

  private static JsonValue throughMessagePack(JsonValue value) throws Exception {
    TransitMessagePack.Writer out = new TransitMessagePack.Writer();
    out.value(value);
    return TransitMessagePack.read(new ByteArrayInputStream(out.toBytes()), TAGS, 10_000_000);
  }

  @Test
  void everyValueIsTheSameAfterEveryFormOnTheWire() throws Exception {
    Values values = new Values(1);
    for (int i = 0; i < VALUES; i++) {
      JsonValue value = values.value(4);
      String text = JsonText.print(value);
      assertThat(JsonText.print(throughJson(value, false))).isEqualTo(text);
      assertThat(JsonText.print(throughJson(value, true))).isEqualTo(text);
      assertThat(JsonText.print(throughMessagePack(value))).isEqualTo(text);
    }
  }

  @Test
  void everyValueIsTheSameAfterItStoodInADocument() throws Exception {
    Values values = new Values(2);
    for (int i = 0; i < VALUES; i++) {
      JsonValue value = i % 2 == 0 ? values.value(4) : values.map(4, true);
      JsonObject fields = AtomForm.fields(value);

      assertThat(fields.members().keySet()).noneMatch(name -> name.startsWith("_"));
      assertThat(StoredForm.withoutProtocol(fields)).isEqualTo(fields);
      JsonObject stored = Leaves.join(Leaves.of(fields));
      assertThat(JsonText.print(AtomForm.value(stored))).isEqualTo(JsonText.print(value));
    }
  }

  @Test
  void changingOneFieldOfADocumentLeavesTheOthers() throws Exception {
    Values values = new Values(3);
    for (int i = 0; i < 500; i++) {
      JsonObject value = (JsonObject) values.map(3, true);
      Map<String, JsonValue> fields = new LinkedHashMap<>(AtomForm.fields(value).members());
      fields.put("another", JsonNumber.of(1));
      Map<String, JsonValue> expected = new LinkedHashMap<>(value.members());
      expected.put("~:another", JsonNumber.of(1));

      if (!fields.containsKey("~value")) {
        assertThat(AtomForm.value(JsonObject.of(fields))).isEqualTo(JsonObject.of(expected));
      }
    }
  }

  private static JsonValue json(String text) throws JsonFormatException {
    return JsonText.parse(text.replace('\'', '"'));
  }

  @Test
  void whatJsonClientsWriteIsReadAsItLooks() throws Exception {
    JsonObject fields =
        (JsonObject)
            json(
                "{'title': '~5 kg of ^x', 'note': '~remind me', 'done': true, 'n': 1.5, 'big': 12345678901234567890,"
                    + " 'exact': 0.10000000000000000000001, 'a': {'_b': [1, '~bread']}, '': null, 'k': '~:key'}");

    assertThat(JsonText.print(AtomForm.value(fields)))
        .isEqualTo(
            JsonText.print(
                json(
                    "{'~:title': '~~5 kg of ^x', '~:note': '~~remind me', '~:done': true, '~:n': 1.5,"
                        + " '~:big': '~n12345678901234567890', '~:exact': '~f0.10000000000000000000001',"
                        + " '~:a': {'~:_b': [1, '~~bread']}, '~:': null, '~:k': '~:key'}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      value = {
        "['^ ','~:name',1,'~:long',['^0','^1']]|{'~:name':1,'~:long':['~:name','~:long']}",
        "{'~:a':{'~#set':[1]}}|{'~:a':['~#set',[1]]}",
        "['~#\\'','x']|'x'",
        "['^ ','~i1','a','b',2]|{'~i1':'a','b':2}",
        "['~#cmap',[[1],2]]|['~#cmap',[[1],2]]",
        "'~t2016-06-29T18:25:28.000Z'|'~m1467224728000'",
        "['~#m',5]|'~m5'",
        "['~#u',[-2,-1]]|'~uffffffff-ffff-fffe-ffff-ffffffffffff'",
        "'~i9223372036854775808'|'~n9223372036854775808'",
        "9223372036854775808|'~n9223372036854775808'",
        "'~d1e400'|'~zINF'",
        "'`x'|'~`x'",
        "['~#point',{'~:x':1}]|['~#point',{'~:x':1}]",
        "['~#link',['^ ','href','~rhttp://x','rel','self']]|['~#link',{'href':'~rhttp://x','rel':'self'}]",
        "['~#ratio',['~n1','~n3']]|['~#ratio',['~n1','~n3']]",
        "['~#with-meta',[[1],['^ ','~:a',2]]]|['~#with-meta',[[1],{'~:a':2}]]"
      })
  void messagesAreReadByTheFormatsRules(String message, String value) throws Exception {
    String text = message.replace("\\'", "\u0001").replace('\'', '"').replace('\u0001', '\'');

    assertThat(TransitJson.read(JsonText.parse(text), TAGS, 1000)).isEqualTo(json(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'~Qx'",
        "['~#Q',1]",
        "'~#set'",
        "['~#set',1]",
        "['~#set',[1],[2]]",
        "'^0'",
        "['^ ','a']",
        "'^ '",
        "'~nx'",
        "'~f1.2.3'",
        "'~u12'",
        "'~mx'",
        "'~tnever'",
        "'~b***'",
        "'~cxy'",
        "'~zZ'",
        "'~?x'",
        "'~_x'",
        "['~#cmap',[1]]",
        "{'~#set':[1],'a':2}",
        "['^ ','a',1,'a',2]"
      })
  void whatIsNoTransitIsRefused(String message) {
    assertThatThrownBy(() -> TransitJson.read(json(message), TAGS, 1000))
        .isInstanceOf(TransitException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      value = {
        "['~#foo',1]|''",
        "{'~#foo':1}|''",
        "['^ ','~:a',['~#foo',1]]|a",
        "{'~:a':{'~:b':{'~#foo':[]}}}|a.b",
        "[1,['~#set',[2,['~#foo',1]]]]|[1][1]",
        "['^ ','~:a',['~#cmap',[[['~#foo',1]],2]]]|a[0][0]",
        "['~:a',['^ ',['~#foo',1],2]]|[1]",
        "['~#point',['~#foo',1]]|''",
        "['~#\\u0027',['~#foo',1]]|''",
        "['~#list',[['~#Point',1]]]|[0]",
        "[['~#point',1],['~#pointer',1]]|[1]"
      })
  void aTagThatNobodyKnowsIsRefusedWhereItStands(String message, String place) throws Exception {
    JsonValue sent = json(message);
    TransitMessagePack.Writer packed = new TransitMessagePack.Writer();
    packed.value(
        TransitJson.read(sent, new TransitTags(Set.of("foo", "point", "Point", "pointer")), 1_000));

    assertThatThrownBy(() -> TransitJson.read(sent, TAGS, 1_000))
        .isInstanceOfSatisfying(
            TransitException.class,
            e -> {
              assertThat(e.place()).isEqualTo(place.replace("''", ""));
              assertThat(e.problem()).startsWith("a tag that neither Transit");
            });
    assertThatThrownBy(
            () -> TransitMessagePack.read(new ByteArrayInputStream(packed.toBytes()), TAGS, 1_000))
        .isInstanceOf(TransitException.class)
        .hasMessageContaining("a tag that neither Transit");
  }

  @Test
  void aTagThatNobodyKnowsIsToldIfItIsInADocument() throws Exception {
    JsonValue stored =
        json("{'a': ['~#foo', [1, ['~#set', [['~#bar', 2]]]]], 'b': ['~#foo'], 'c': '~#foo'}");

    assertThat(AtomForm.value((JsonObject) stored))
        .isEqualTo(
            json(
                "{'~:a': ['~#foo', [1, ['~#set', [['~#bar', 2]]]]], '~:b': ['~~#foo'], '~:c': '~~#foo'}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X", "\ud83d\ude00", "a b", "~#point", "h\u00f6he", "a\u0000"})
  void whatIsNoTagOfAnApplicationIsRefused(String tag) {
    assertThatThrownBy(() -> new TransitTags(Set.of(tag)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void messagePackThatEndsEarlyNestsWithoutEndOrLiesAboutItsLengthIsRefused() {
    byte[] deep = new byte[100_000];
    java.util.Arrays.fill(deep, (byte) 0x91);
    for (byte[] message :
        List.of(
            new byte[0],
            deep,
            new byte[] {(byte) 0xdd, 0x7f, -1, -1, -1},
            new byte[] {(byte) 0xdb, 0x7f, -1, -1, -1, 'a'},
            new byte[] {(byte) 0xdb, -1, -1, -1, -1},
            new byte[] {(byte) 0xc1},
            new byte[] {(byte) 0xc7, 1, 2, 3},
            new byte[] {1, 2},
            new byte[] {(byte) 0xa1, (byte) 0xff})) {
      assertThatThrownBy(
              () -> TransitMessagePack.read(new ByteArrayInputStream(message), TAGS, 1_000))
          .isInstanceOf(TransitException.class);
    }
  }

  @Test
  void theCacheBeginsAgainWhenItIsFull() throws Exception {
    List<JsonValue> values = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      values.add(new JsonString("~:keyword" + i));
      values.add(new JsonString("~:keyword" + i / 2));
    }
    JsonArray all = new JsonArray(values);

    assertThat(throughJson(all, false)).isEqualTo(all);
    assertThat(throughMessagePack(all)).isEqualTo(all);
  }

  @Test
  void cacheCodesMayNotStandForMoreThanIsAllowed() throws Exception {
    String message = "['~:" + "x".repeat(100) + "'" + ",'^0'".repeat(20) + "]";

    assertThat(TransitJson.read(json(message), TAGS, 3_000)).isNotNull();
    assertThatThrownBy(() -> TransitJson.read(json(message), TAGS, 1_000))
        .isInstanceOf(TransitException.class);
  }
}
