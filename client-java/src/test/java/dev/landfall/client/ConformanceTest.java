package dev.landfall.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.http.Wire;
import dev.landfall.client.replica.Batch;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.LocalChange;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ReplicaState;
import dev.landfall.client.replica.Step;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The scripts in {@code conformance/client}, which all clients follow alike. */
class ConformanceTest {
  private static final Path SCRIPTS =
      Path.of(System.getProperty("landfall.conformance", "../conformance")).resolve("client");

  @TestFactory
  List<DynamicTest> scripts() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    if (Files.isDirectory(SCRIPTS)) {
      try (Stream<Path> files = Files.list(SCRIPTS)) {
        for (Path file : files.sorted().toList()) {
          for (JsonValue script : array(JsonText.parse(Files.readString(file)))) {
            JsonObject one = (JsonObject) script;
            tests.add(
                DynamicTest.dynamicTest(
                    file.getFileName() + ": " + text(one, "name"),
                    () -> new Script().run(array(one.get("steps")))));
          }
        }
      }
    }
    return tests;
  }

  /** One client that follows a script. */
  private static final class Script {
    private static final Batch BATCH = Batch.of(1_000);
    private static final String SELF = "me";

    private final Replica replica = new Replica(ReplicaState.fresh("dev"), Map.of(), List.of());
    private final Map<String, String> names = new TreeMap<>();
    private long now;
    private boolean waiting;

    void run(List<JsonValue> steps) throws IOException {
      for (JsonValue value : steps) {
        JsonObject step = (JsonObject) value;
        if (step.get("now") instanceof JsonNumber number) {
          now = number.value().longValueExact();
        }
        switch (text(step, "do")) {
          case "edit" -> edit(address(step), (JsonObject) step.get("doc"));
          case "remove" -> take(replica.edit(Map.of(address(step), LocalChange.DELETION), now));
          case "request" -> request((JsonObject) step.get("expect"));
          case "answer" -> {
            take(replica.receive(Wire.reply(known(step.get("answer")), SELF), now, now));
            waiting = false;
          }
          case "exchange" -> exchange(step);
          case "refused" -> {
            JsonObject details = (JsonObject) step.get("details");
            take(
                replica.drifted(number(details, "serverTime"), number(details, "maxDriftMs"), now));
            waiting = false;
          }
          case "expect" -> expect(step);
          case "order" -> order(array(step.get("clocks")));
          default -> throw new AssertionError("an unknown step: " + step);
        }
      }
    }

    private void take(Step step) {
      replica.install(step);
    }

    private static DocumentAddress address(JsonObject step) {
      return step.get("owner") instanceof JsonString owner
          ? DocumentAddress.of(owner.value(), text(step, "key"))
          : DocumentAddress.own(text(step, "key"));
    }

    private void edit(DocumentAddress address, JsonObject document) {
      Map<LeafPath, JsonValue> before =
          replica.copy(address).flatMap(Copy::document).map(Leaves::of).orElse(Map.of());
      LocalChange change = LocalChange.between(before, Leaves.of(document));
      take(replica.edit(Map.of(address, change), now));
    }

    private void request(JsonObject expected) {
      if (waiting) {
        take(replica.failed());
      }
      take(replica.send(BATCH));
      waiting = true;
      JsonObject request = wire();
      match("clientClock", expected.get("clientClock"), request.get("clientClock"));
      List<JsonValue> wanted = array(expected.get("changes"));
      List<JsonValue> changes = array(request.get("changes"));
      assertThat(changes).as("changes %s", changes).hasSameSizeAs(wanted);
      for (int i = 0; i < wanted.size(); i++) {
        match("changes", wanted.get(i), changes.get(i));
      }
    }

    /** The request without the owner of own documents, which is not compared. */
    private JsonObject wire() {
      JsonObject request = Wire.of(new CollectionName("c"), replica.outgoing(BATCH), SELF, 1 << 20);
      List<JsonValue> changes = new ArrayList<>();
      for (JsonValue change : array(request.get("changes"))) {
        Map<String, JsonValue> members = new LinkedHashMap<>(((JsonObject) change).members());
        members.remove("owner", new JsonString(SELF));
        members.remove("base"); // what it was made from goes along; scripts need not say so
        changes.add(JsonObject.of(members));
      }
      Map<String, JsonValue> members = new LinkedHashMap<>(request.members());
      members.put("changes", new JsonArray(changes));
      return JsonObject.of(members);
    }

    /** Lets the client make requests until nothing is pending. */
    private void exchange(JsonObject step) throws IOException {
      Iterator<JsonValue> answers = array(step.get("answers")).iterator();
      JsonObject drift = step.get("drift") instanceof JsonObject given ? given : null;
      long latest =
          drift == null
              ? Long.MAX_VALUE
              : number(drift, "serverTime") + number(drift, "maxDriftMs");
      Said stored = new Said();
      Said early = new Said();
      int refusals = 0;
      if (waiting) {
        take(replica.failed());
        waiting = false;
      }
      while (!replica.pending().isEmpty()) {
        take(replica.send(BATCH));
        List<JsonValue> changes = array(wire().get("changes"));
        if (early.hear(changes, clock -> clock.millis() > latest)) {
          assertThat(++refusals).as("it corrects its clock").isLessThanOrEqualTo(3);
          take(replica.drifted(number(drift, "serverTime"), number(drift, "maxDriftMs"), now));
        } else {
          stored.hear(changes, clock -> true);
          assertThat(answers).as("answers to all requests").hasNext();
          take(replica.receive(Wire.reply(acknowledged(changes, answers.next()), SELF), now, now));
        }
      }
      early.match(step.get("refused") instanceof JsonObject refused ? refused : JsonObject.EMPTY);
      stored.match((JsonObject) step.get("expect"));
    }

    private static JsonObject acknowledged(List<JsonValue> changes, JsonValue serverClock) {
      Set<JsonValue> keys = new LinkedHashSet<>();
      changes.forEach(change -> keys.add(((JsonObject) change).get("key")));
      List<JsonValue> acks = new ArrayList<>();
      keys.forEach(
          key -> acks.add(JsonObject.builder().put("key", key).put("rev", serverClock).build()));
      return JsonObject.builder()
          .put("serverClock", serverClock)
          .put("serverChanges", JsonArray.EMPTY)
          .put("acks", new JsonArray(acks))
          .build();
    }

    /** What the changes of each key have said, each edit once, in the order of their clocks. */
    private final class Said {
      private final Map<String, JsonValue> baseClocks = new TreeMap<>();
      private final Map<String, TreeMap<String, JsonObject>> edits = new TreeMap<>();

      /** Whether there was anything to hear. */
      boolean hear(List<JsonValue> changes, Predicate<HybridTimestamp> which) {
        boolean any = false;
        for (JsonValue one : changes) {
          JsonObject change = (JsonObject) one;
          JsonObject document =
              change.get("doc") instanceof JsonObject given ? given : JsonObject.EMPTY;
          Map<String, JsonValue> values = new TreeMap<>();
          Leaves.of(document).forEach((path, value) -> values.put(path.text(), value));
          for (Map.Entry<String, JsonValue> entry :
              ((JsonObject) change.get("fieldRevs")).members().entrySet()) {
            String clock = ((JsonString) entry.getValue()).value();
            if (!which.test(HybridTimestamp.parse(clock))) {
              continue;
            }
            any = true;
            String path = entry.getKey();
            JsonObject.Builder edit = JsonObject.builder().put("path", path);
            Optional.ofNullable(values.get(path)).ifPresent(value -> edit.put("value", value));
            JsonObject said = edit.put("clock", clock).build();
            String key = text(change, "key");
            baseClocks.putIfAbsent(key, change.get("baseClock"));
            edits
                .computeIfAbsent(key, unused -> new TreeMap<>())
                .put(clock + " " + path + " " + said, said);
          }
        }
        return any;
      }

      void match(JsonObject wanted) {
        assertThat(edits.keySet()).isEqualTo(wanted.members().keySet());
        wanted
            .members()
            .forEach(
                (key, value) -> {
                  JsonObject expected = (JsonObject) value;
                  if (expected.get("baseClock") != null) {
                    Script.this.match(key, expected.get("baseClock"), baseClocks.get(key));
                  }
                  List<JsonValue> ordered = array(expected.get("edits"));
                  List<JsonObject> ours = List.copyOf(edits.get(key).values());
                  assertThat(ours).as("edits of %s: %s", key, ours).hasSameSizeAs(ordered);
                  for (int i = 0; i < ours.size(); i++) {
                    Script.this.match(key, ordered.get(i), ours.get(i));
                  }
                });
      }
    }

    private void expect(JsonObject step) {
      Map<String, JsonValue> documents = new TreeMap<>();
      replica
          .copies()
          .forEach(
              (address, copy) ->
                  copy.document().ifPresent(one -> documents.put(address.name(), one)));
      Map<String, JsonValue> wanted = new TreeMap<>();
      ((JsonObject) step.get("documents"))
          .members()
          .forEach(
              (name, document) -> {
                Map<String, JsonValue> fields =
                    new LinkedHashMap<>(((JsonObject) document).members());
                fields.remove("_owner"); // it is in the name
                wanted.put(name, JsonObject.of(fields));
              });
      assertThat(documents).isEqualTo(wanted);
      if (step.get("pending") instanceof JsonArray pending) {
        TreeSet<String> ours = new TreeSet<>();
        replica.pending().forEach(address -> ours.add(address.name()));
        assertThat(ours.stream().map(JsonString::new).map(JsonValue.class::cast).toList())
            .isEqualTo(pending.values());
      }
      if (step.get("inbox") instanceof JsonArray inbox) {
        List<JsonValue> ours = new ArrayList<>();
        replica.inbox().values().forEach(refusal -> ours.add(json(refusal)));
        assertThat(ours).isEqualTo(inbox.values());
      }
    }

    private static JsonObject json(Refusal refusal) {
      JsonObject.Builder json =
          JsonObject.builder()
              .put("key", refusal.address().key().value())
              .put("code", refusal.code());
      refusal.address().owner().ifPresent(owner -> json.put("owner", owner));
      refusal.document().ifPresent(document -> json.put("doc", document));
      return json.build();
    }

    private void order(List<JsonValue> clocks) {
      HybridTimestamp before = HybridTimestamp.ZERO;
      for (JsonValue clock : clocks) {
        HybridTimestamp next = HybridTimestamp.parse(((JsonString) known(clock)).value());
        assertThat(next).isGreaterThan(before);
        before = next;
      }
    }

    /** What is expected, with clocks by name. */
    private void match(String place, JsonValue wanted, JsonValue actual) {
      if (wanted instanceof JsonString name && name.value().startsWith("?")) {
        String clock = ((JsonString) actual).value();
        assertThat(names.computeIfAbsent(name.value(), unused -> clock)).as(place).isEqualTo(clock);
      } else if (wanted instanceof JsonObject object) {
        Map<String, JsonValue> members = ((JsonObject) actual).members();
        assertThat(members.keySet()).as(place).isEqualTo(object.members().keySet());
        object.members().forEach((key, value) -> match(place + "." + key, value, members.get(key)));
      } else {
        assertThat(actual).as(place).isEqualTo(wanted);
      }
    }

    /** With clocks in the place of names. */
    private JsonValue known(JsonValue value) {
      if (value instanceof JsonString text && names.containsKey(text.value())) {
        return new JsonString(names.get(text.value()));
      }
      if (value instanceof JsonArray array) {
        return new JsonArray(array.values().stream().map(this::known).toList());
      }
      if (value instanceof JsonObject object) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        object.members().forEach((key, member) -> members.put(key, known(member)));
        return JsonObject.of(members);
      }
      return value;
    }
  }

  private static List<JsonValue> array(JsonValue value) {
    return ((JsonArray) value).values();
  }

  private static String text(JsonObject json, String name) {
    return ((JsonString) json.get(name)).value();
  }

  private static long number(JsonObject json, String name) {
    return ((JsonNumber) json.get(name)).value().longValueExact();
  }
}
