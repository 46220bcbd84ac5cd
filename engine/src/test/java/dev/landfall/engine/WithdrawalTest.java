package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the members of an organisation read of somebody who has left it. */
class WithdrawalTest {
  private static final OrganisationId ACME = new OrganisationId("acme");

  @Test
  void everyDocumentOfAFormerMemberIsWithdrawnHoweverManyThereAre() {
    TestServer server = new TestServer();
    int many = 1_201; // several pieces of the feed
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      changes.add(
          TestServer.edit(
              "k" + i,
              "{\"n\":" + i + "}",
              Map.of("n", TestServer.at(1, "phone")),
              HybridTimestamp.ZERO));
    }
    server.sync(ALICE, SyncRequest.push(TASKS, HybridTimestamp.ZERO, changes));
    for (int i = 0; i < many; i++) {
      server
          .engine()
          .share(
              TODO,
              ALICE,
              ALICE,
              new DocumentId(ALICE, TASKS, new DocumentKey("k" + i)),
              sharing -> sharing.withVisibility(Visibility.ORG, Optional.of(ACME)));
    }
    assertThat(read(server)).hasSize(many);

    server.engine().withdraw(ALICE, ACME);

    assertThat(read(server)).isEmpty();
    assertThat(server.pull(HybridTimestamp.ZERO).order()).hasSize(many);
  }

  private static List<String> read(TestServer server) {
    SyncRequest everything = SyncRequest.pull(TASKS, HybridTimestamp.ZERO);
    return TestServer.deliver(server.engine().sync(TODO, BOB, ACME, everything)).order();
  }
}
