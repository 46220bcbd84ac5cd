package dev.landfall.webapp.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.http.RequestRate;
import dev.landfall.webapp.http.TooManyRequestsException;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the token of a share link opens, and who knows it. */
class ShareLinksTest {
  private static final UserId ALICE = new UserId("alice");
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final DocumentId PLAN =
      new DocumentId(ALICE, new CollectionName("tasks"), new DocumentKey("plan"));
  private static final long NOW = 1_764_000_000_000L;

  private final MemoryBackend store = new MemoryBackend(1L << 30);
  private final SyncEngine engine =
      new SyncEngine(
          store,
          List.of(new ApplicationDefinition(TODO, "", Map.of())),
          SyncSettings.DEFAULT,
          () -> Instant.ofEpochMilli(NOW),
          new Random(1),
          EngineObserver.NONE);
  private final ShareLinks links = new ShareLinks(engine, store.directory());

  private String linkToThePlan() {
    Change change =
        new Change(
            PLAN.key(),
            Optional.of(JsonObject.builder().put("title", "Trip").build()),
            Map.of("title", new HybridTimestamp(NOW, 0, "phone")),
            HybridTimestamp.ZERO,
            Optional.empty());
    engine.sync(
        TODO,
        ALICE,
        ALICE,
        SyncRequest.push(PLAN.collection(), HybridTimestamp.ZERO, List.of(change)));
    return links.make(
        engine,
        TODO,
        ALICE,
        ALICE,
        PLAN,
        SharingGuard.NONE,
        OptionalLong.empty(),
        Optional.empty());
  }

  @Test
  void whoReadsTheDatabaseCannotOpenALink() {
    String token = linkToThePlan();

    StoredDocument stored = store.application(TODO).find(Set.of(PLAN)).get(PLAN);
    List<DirectoryRecord> records = store.directory().list(ShareLinks.KIND, "", 10);

    assertThat(records).hasSize(1);
    String kept = stored.record().utf8() + records.get(0).content().utf8() + records.get(0).name();
    assertThat(kept).doesNotContain(token);
    assertThat(links.open(records.get(0).name())).isEmpty();
    assertThat(links.open(token)).isPresent();
  }

  @Test
  void onlyTheTokenAsItWasGivenOpensALink() {
    String token = linkToThePlan();

    char other = token.charAt(20) == 'a' ? 'b' : 'a';
    for (String wrong :
        List.of(
            token.substring(0, 20) + other + token.substring(21),
            token.toLowerCase(Locale.ROOT),
            token.toUpperCase(Locale.ROOT),
            token.substring(1),
            token + "A",
            token + "=",
            " " + token,
            "")) {
      assertThat(links.open(wrong)).as(wrong).isEmpty();
    }
  }

  @Test
  void guessesAreLimitedForAnAddressAndCloseNoLink() {
    SharedResource resource =
        new SharedResource(
            links, new Callers(new ClientAddress(List.of()), new RequestRate(3, 10, () -> 0), 1));
    String token = linkToThePlan();
    HttpServletRequest guesser = requestFrom("192.0.2.7");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> resource.open("x".repeat(43), guesser))
          .isInstanceOf(SyncException.class);
    }

    assertThatThrownBy(() -> resource.open("x".repeat(43), guesser))
        .isInstanceOf(TooManyRequestsException.class);

    assertThat(links.open(token)).isPresent();
    assertThatThrownBy(() -> resource.open("x".repeat(43), requestFrom("192.0.2.8")))
        .isInstanceOf(SyncException.class);
  }

  private static HttpServletRequest requestFrom(String address) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            ShareLinksTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                method.getName().equals("getRemoteAddr") ? address : null);
  }
}
