package dev.landfall.engine;

import static dev.landfall.engine.SearchWorld.request;
import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.OrganisationId;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.TextQuery;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whom a search finds documents for, by an index and without one. */
class SearchRightsTest {
  private static final OrganisationId ACME = new OrganisationId("acme");
  private static final SearchRequest EVERYTHING =
      request(Optional.empty(), Optional.empty(), List.of(), 100, true);
  private static final SearchRequest MILK =
      request(
          Optional.empty(), Optional.of(new TextQuery("milk", List.of())), List.of(), 100, true);

  private final SearchWorld world = new SearchWorld();

  private List<String> found(SearchRequest request) {
    return world.search(ALICE, ACME, request).stream().map(SearchWorld::key).toList();
  }

  @Test
  void aSearchInTheContextOfAnOrganisationFindsNoneOfTheCallersOwnDocuments() {
    world.engine.completeIndexes();
    world.write(ALICE, ALICE, "own", SearchWorld.parse("{'title': 'milk'}"));
    world.write(ALICE, ACME, "team", SearchWorld.parse("{'title': 'milk'}"));

    assertThat(found(EVERYTHING)).containsExactly("team");
    assertThat(found(MILK)).containsExactly("team");
    assertThat(world.engine.fullScans()).isEqualTo(1);
  }

  @Test
  void whatIsTakenFromSomebodyBetweenTheIndexAndTheDocumentIsNotFound() {
    world.engine.completeIndexes();
    world.write(BOB, BOB, "plan", SearchWorld.parse("{'title': 'milk'}"));
    DocumentId plan = new DocumentId(BOB, TASKS, new DocumentKey("plan"));
    world.engine.share(TODO, BOB, BOB, plan, Sharer.with(ALICE, false));
    assertThat(world.search(ALICE, ALICE, MILK)).hasSize(1);
    boolean[] revoked = {false};
    world.store.forget();
    world.store.before(
        () -> {
          boolean indexAsked = world.store.calls.contains("search");
          if (indexAsked && world.store.calls.get(world.store.calls.size() - 1).equals("find")) {
            world.engine.share(TODO, BOB, BOB, plan, Sharer.without(ALICE));
            revoked[0] = true;
          }
        });

    List<?> found = world.search(ALICE, ALICE, MILK);

    assertThat(revoked[0]).isTrue();
    assertThat(found).isEmpty();
  }
}
