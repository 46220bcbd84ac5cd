package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.ZERO;
import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.it.Caller.Answer;
import dev.landfall.webapp.session.TokenForge;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The devices of a person: which there are, and how one is removed. */
abstract class DeviceContract {
  private final TestServer server;
  private final TokenForge forge =
      new TokenForge(TestServer.SECRET.getBytes(StandardCharsets.UTF_8));
  private Caller alice;
  private Caller phone;

  DeviceContract(TestServer server) {
    this.server = server;
  }

  @BeforeEach
  void signIn() {
    alice = Caller.newUser(server);
    phone = signedInAt(-100);
  }

  /** Alice, as she has signed in on another device some seconds ago. */
  private Caller signedInAt(long offset) {
    long at = System.currentTimeMillis() / 1000 + offset;
    return Caller.withToken(server, forge.session(alice.userId(), at, at));
  }

  private static Answer sync(Caller caller, String device, String clock) {
    return caller.sync(Caller.body(clock).put("device", json("{'id': '" + device + "'}")).build());
  }

  private List<String> devices() {
    return alice.get("/account/devices").list("devices").stream()
        .map(device -> ((JsonString) ((JsonObject) device).get("id")).value())
        .toList();
  }

  private static void assertRemoved(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
    assertThat(answer.text("code")).isEqualTo("unauthorized");
    assertThat(answer.text("reason")).isEqualTo("device_removed");
    assertThat(answer.json().get("erase")).isEqualTo(JsonBoolean.TRUE);
  }

  @Test
  void aDeviceThatSaysWhatItIsIsListedWithHowFarBehindItIs() {
    alice.push(change("milk", json("{'a': 1}"), clock(0)).build());

    phone.sync(
        Caller.body(ZERO)
            .put(
                "device",
                json("{'id': 'p1', 'name': 'Phone', 'platform': 'Android 15', 'version': '1.2'}"))
            .build());
    String behind = alice.get("/account/devices").whole();

    assertThat(behind)
        .contains(
            "\"id\":\"p1\",\"name\":\"Phone\",\"platform\":\"Android 15\",\"version\":\"1.2\"",
            "\"lastSeen\":\"",
            "\"app\":\"lists\"",
            "\"collections\":1,\"pending\":1");
    sync(phone, "tablet", phone.pull(ZERO).clock());
    assertThat(alice.get("/account/devices").whole()).contains("\"pending\":0");
    assertThat(alice.get("/account/devices?limit=1").text("after")).isEqualTo("p1");
    assertThat(alice.get("/account/devices?limit=1&after=p1").whole()).contains("tablet");
    assertThat(alice.get("/account/export").whole()).contains("\"devices\":[{\"id\":\"p1\"");
  }

  @Test
  void aDeviceThatIsRemovedIsToldToEraseWhateverTokenItComesWith() {
    sync(phone, "phone", ZERO);
    sync(alice, "laptop", ZERO);

    Answer removed = alice.method("DELETE", "/account/devices/phone");

    assertThat(removed.status()).isEqualTo(204);
    assertRemoved(sync(phone, "phone", ZERO));
    assertRemoved(phone.get("/auth/me"));
    assertRemoved(sync(signedInAt(-50), "phone", ZERO));
    assertThat(sync(alice, "laptop", ZERO).status()).isEqualTo(200);
    assertThat(devices()).containsExactly("laptop");
    assertThat(alice.method("DELETE", "/account/devices/phone").status()).isEqualTo(404);
    assertThat(alice.get("/account/audit").whole()).contains("device_removed");
  }

  @Test
  void aRemovedDeviceStoresNothing() {
    sync(phone, "phone", ZERO);
    alice.method("DELETE", "/account/devices/phone");

    JsonObject push =
        Caller.body(ZERO)
            .put("device", json("{'id': 'phone'}"))
            .put(
                "changes",
                new dev.landfall.api.json.JsonArray(
                    List.of(change("late", json("{'a': 1}"), clock(0)).build())))
            .build();
    assertRemoved(signedInAt(-40).sync(push));

    assertThat(alice.pull(ZERO).list("serverChanges")).isEmpty();
  }

  @Test
  void aSessionThatAnotherDeviceUsesTooGoesOn() {
    sync(phone, "phone", ZERO);
    sync(phone, "tablet", ZERO);

    alice.method("DELETE", "/account/devices/phone");

    assertRemoved(sync(phone, "phone", ZERO));
    assertThat(sync(phone, "tablet", ZERO).status()).isEqualTo(200);
  }

  @Test
  void devicesOfOthersAreNotThere() {
    sync(phone, "phone", ZERO);
    Caller bob = Caller.newUser(server);

    assertThat(bob.method("DELETE", "/account/devices/phone").status()).isEqualTo(404);
    assertThat(bob.get("/account/devices").list("devices")).isEmpty();
    assertThat(sync(bob, "phone", ZERO).status()).isEqualTo(200);
    assertThat(sync(phone, "phone", ZERO).status()).isEqualTo(200);
  }

  @Test
  void whoSignsOutEverywhereElseStaysSignedIn() {
    Answer done = alice.method("POST", "/auth/logout?others=true");

    assertThat(done.status()).isEqualTo(200);
    assertThat(phone.get("/auth/me").text("reason")).isEqualTo("expired");
    assertThat(alice.get("/auth/me").status()).isEqualTo(200);
  }

  @Test
  void whatADeviceSaysIsBoundedAndNamed() {
    for (String wrong :
        new String[] {
          "{}", "{'id': ''}", "{'id': 'a/b'}", "{'id': 'a', 'name': 'a\\nb'}", "{'id': 'a', 'x': 1}"
        }) {
      Answer answer = alice.sync(Caller.body(ZERO).put("device", json(wrong)).build());

      assertThat(answer.status()).as(wrong).isEqualTo(400);
      assertThat(answer.text("error")).as(wrong).startsWith("device");
    }
  }
}
