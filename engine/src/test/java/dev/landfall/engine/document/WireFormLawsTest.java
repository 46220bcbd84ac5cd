package dev.landfall.engine.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.engine.query.Awkward;
import dev.landfall.store.tck.FreshSeed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The delivered form is the same whichever way it is made. */
class WireFormLawsTest {
  private static final DocumentId ID =
      new DocumentId(new UserId("ann"), new CollectionName("things"), new DocumentKey("key"));
  private static final HybridTimestamp NOW = new HybridTimestamp(1_700_000_000_000L, 7, "s\"\\ ~");

  private final SplittableRandom random =
      new SplittableRandom(FreshSeed.of(WireFormLawsTest.class));
  private final Awkward awkward = new Awkward(random);

  @Test
  void aClockThatIsNoLaterChangesNothing() {
    for (int i = 0; i < 5_000; i++) {
      Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
      Leaves.of(awkward.document())
          .forEach(
              (path, value) ->
                  leaves.put(
                      path,
                      random.nextInt(4) == 0
                          ? Leaf.removed(clock(), NOW, null)
                          : Leaf.of(value, clock(), NOW)));
      Document document =
          new Document(
              ID,
              NOW,
              leaves,
              Deletions.NONE,
              false,
              Document.IndexEntry.created(new UserId("ann"), 0));

      for (LeafPath path : leaves.keySet()) {
        assertThat(WireForm.of(document).utf8())
            .isEqualTo(WireForm.of(document, Map.of(path, HybridTimestamp.ZERO)).utf8());
      }
    }
  }

  private HybridTimestamp clock() {
    return new HybridTimestamp(random.nextLong(1L << 40), random.nextInt(9), "phone");
  }
}
