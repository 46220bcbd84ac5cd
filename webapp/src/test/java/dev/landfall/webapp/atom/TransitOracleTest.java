package dev.landfall.webapp.atom;

import static org.assertj.core.api.Assertions.assertThat;

import clojure.java.api.Clojure;
import clojure.lang.IFn;
import com.cognitect.transit.TransitFactory;
import com.cognitect.transit.TransitFactory.Format;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.engine.transit.AtomForm;
import dev.landfall.engine.transit.TransitJson;
import dev.landfall.engine.transit.TransitMessagePack;
import dev.landfall.engine.transit.TransitTags;
import dev.landfall.store.tck.FreshSeed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What our Transit and that of Cognitect's libraries make of each other's messages. */
class TransitOracleTest {
  private static final int VALUES = 1_000;
  private static final TransitTags TAGS = new TransitTags(Set.of("point"));

  private static JsonValue read(byte[] message, Format format) throws Exception {
    return format == Format.MSGPACK
        ? TransitMessagePack.read(new ByteArrayInputStream(message), TAGS, 1_000_000)
        : TransitJson.read(JsonText.parse(message), TAGS, 1_000_000);
  }

  private static byte[] write(JsonValue value, Format format) {
    if (format == Format.MSGPACK) {
      TransitMessagePack.Writer out = new TransitMessagePack.Writer();
      out.value(value);
      return out.toBytes();
    }
    JsonWriter out = new JsonWriter();
    new TransitJson.Writer(out, format == Format.JSON_VERBOSE).value(value);
    return out.toBytes().toArray();
  }

  /** Through a document and out again. */
  private static byte[] stored(byte[] message, Format in, Format out) throws Exception {
    return write(AtomForm.value(AtomForm.fields(read(message, in))), out);
  }

  private static byte[] message(Object value, Format format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TransitFactory.writer(format, out).write(value);
    return out.toByteArray();
  }

  private static Object theirs(byte[] message, Format format) {
    return TransitFactory.reader(format, new ByteArrayInputStream(message)).read();
  }

  private static Object value(Random random, int depth, boolean dates) {
    switch (random.nextInt(depth > 0 ? 18 : 13)) {
      case 0:
        return null;
      case 1:
        return random.nextBoolean();
      case 2:
        return (long) random.nextInt(1_000);
      case 3:
        return random.nextLong();
      case 4:
        return random.nextGaussian();
      case 5:
        return TransitFactory.keyword("key" + random.nextInt(20));
      case 6:
        return TransitFactory.symbol("ns/sym" + random.nextInt(20));
      case 7:
        return new UUID(random.nextLong(), random.nextLong());
      case 8:
        return dates ? new Date(random.nextLong() >> 20) : 1.0;
      case 9:
        return new BigInteger(100, random);
      case 10:
        return new BigDecimal(new BigInteger(80, random), random.nextInt(20));
      case 11:
        return List.of("~", "^", "`x", "~:k", "~5 kg", "", "text", "^ ").get(random.nextInt(8));
      case 12:
        return random.nextBoolean() ? (Object) '~' : TransitFactory.uri("http://example.org/");
      case 13:
        return new HashSet<>(list(random, depth, dates));
      case 14:
        return new LinkedList<>(list(random, depth, dates));
      case 15:
        return TransitFactory.taggedValue("point", list(random, depth, dates));
      case 16:
        return map(random, depth, dates);
      default:
        return list(random, depth, dates);
    }
  }

  private static List<Object> list(Random random, int depth, boolean dates) {
    List<Object> values = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      values.add(value(random, depth - 1, dates));
    }
    return values;
  }

  private static Map<Object, Object> map(Random random, int depth, boolean dates) {
    Map<Object, Object> map = new HashMap<>();
    boolean keywords = random.nextBoolean();
    for (int i = random.nextInt(5); i > 0; i--) {
      Object key =
          keywords
              ? TransitFactory.keyword(List.of("a", "_id", "~_x", "n/b", "value").get(i))
              : value(random, depth - 1, dates);
      map.put(key, value(random, depth - 1, dates));
    }
    return map;
  }

  @Test
  void randomValuesOfTransitJavaSurviveADocument() throws Exception {
    Random random = new Random(FreshSeed.of(TransitOracleTest.class));
    for (int i = 0; i < VALUES; i++) {
      Format in = Format.values()[i % 3];
      // its reader of readable dates needs classes that Java does not have any more
      Format out = Format.values()[i / 3 % 3];
      Object value = value(random, 4, out != Format.JSON_VERBOSE && in != Format.JSON_VERBOSE);
      byte[] message = message(value, in);

      assertThat(theirs(stored(message, in, out), out))
          .describedAs("value %s of %s to %s", i, in, out)
          .isEqualTo(theirs(message, in));
    }
  }

  @Test
  void bytesSurvive() throws Exception {
    byte[] bytes = {0, 1, -1, 127, -128};
    for (Format format : Format.values()) {
      assertThat(theirs(stored(message(bytes, format), format, format), format)).isEqualTo(bytes);
    }
  }

  @Test
  void whatTransitCljWritesItReadsEqualAfterADocument() throws Exception {
    IFn eval = Clojure.var("clojure.core", "load-string");
    eval.invoke("(require '[cognitect.transit :as transit])");
    Object value =
        eval.invoke(
            """
            {:title "Milk" :ns/key :ns/value :_id 1 :tags #{:a "b" 3} :list '(1 2 (3)) :vector [1 [2 {:x 'sym}]]
             :uuid #uuid "6fe8b9e8-8e1e-4cb9-8d92-2b2f0b2ff5ea" :inst #inst "2016-06-29T18:25:28.123Z"
             :dec 1.10M :big 123456789012345678901234567890N :ratio 1/3 :char \\~ :uri (java.net.URI. "http://example.org/")
             :composite {[1 2] :v, #{3} {:deep {"s" 1}}} :strings {"a" 1 "~b" "^ "} :ints {1 2} :nil nil :double 2.0
             :long 9007199254740993 :empty {} :nan ##Inf :bool true :tilde "~5 kg" :looks "~:keyword"}
            """);
    IFn writer =
        (IFn)
            eval.invoke(
                "(fn [v f] (let [o (java.io.ByteArrayOutputStream.)] (transit/write (transit/writer o f) v)"
                    + " (.toByteArray o)))");
    IFn same =
        (IFn)
            eval.invoke(
                "(fn [own b f] (let [in #(transit/read (transit/reader (java.io.ByteArrayInputStream. %) f)) r (in b)]"
                    + " (and (= (in own) r) (set? (:tags r)) (seq? (:list r)) (vector? (:vector r)) (decimal? (:dec r)))))");
    for (String name : List.of("json", "msgpack")) {
      Format format = name.equals("json") ? Format.JSON : Format.MSGPACK;
      Object keyword = Clojure.read(":" + name);
      byte[] message = (byte[]) writer.invoke(value, keyword);

      byte[] back = stored(message, format, format);

      assertThat(same.invoke(message, back, keyword)).isEqualTo(true);
    }
  }
}
