package dev.landfall.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeedEndsTest {
  private static final UserId ANN = new UserId("ann");
  private static final UserId BEN = new UserId("ben");
  private static final CollectionName THINGS = new CollectionName("things");
  private static final Feed ANNS = new Feed(ANN, THINGS);
  private static final Feed BENS = new Feed(BEN, THINGS);
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private final FeedEnds ends = new FeedEnds();

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0, "server");
  }

  private static Commit commit(UserId owner, long millis) {
    DocumentId id = new DocumentId(owner, THINGS, new DocumentKey("key"));
    StoredDocument document =
        new StoredDocument(id, at(millis), false, Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);
    FeedEntry entry =
        new FeedEntry(new Feed(owner, THINGS), at(millis), id, FeedEntry.Kind.CHANGED);
    return new Commit(millis, at(millis), "epoch", "t" + millis, List.of(document), List.of(entry));
  }

  @Test
  void nothingIsKnownBeforeSomebodyHasRead() {
    assertThat(ends.horizonOfNothing(ANNS, at(9))).isEmpty();

    ends.entered(commit(ANN, 1));

    assertThat(ends.horizonOfNothing(ANNS, at(9))).isEmpty();
  }

  @Test
  void behindTheLastEntryThereIsNothingUntilTheNextCommit() {
    ends.learn(ANNS, ends.now(), at(5), at(2));

    assertThat(ends.horizonOfNothing(ANNS, at(4))).isEmpty();
    assertThat(ends.horizonOfNothing(ANNS, at(5))).contains(at(2));

    ends.entered(commit(BEN, 6));
    assertThat(ends.horizonOfNothing(ANNS, at(5))).contains(at(2));

    ends.entered(commit(ANN, 7));
    assertThat(ends.horizonOfNothing(ANNS, at(5))).isEmpty();
    assertThat(ends.horizonOfNothing(ANNS, at(7))).contains(at(2));
  }

  @Test
  void whoBeganToReadBeforeACommitIsNotBelievedAfterIt() {
    long since = ends.now();
    ends.entered(commit(ANN, 7));

    ends.learn(ANNS, since, at(5), ZERO);
    ends.learn(BENS, since, at(5), ZERO);

    assertThat(ends.horizonOfNothing(ANNS, at(5))).isEmpty();
    assertThat(ends.horizonOfNothing(BENS, at(5))).contains(ZERO);
  }

  @Test
  void aCommitWhoseFeedIsForgottenCountsAllTheSame() {
    FeedEnds few = new FeedEnds(1);
    long since = few.now();
    few.entered(commit(ANN, 7));
    few.learn(BENS, few.now(), at(5), ZERO); // there is room for one

    few.learn(ANNS, since, at(5), ZERO);

    assertThat(few.horizonOfNothing(ANNS, at(5))).isEmpty();
  }

  @Test
  void whereAnythingMayHaveBeenWrittenNothingIsKnown() {
    long since = ends.now();
    ends.learn(ANNS, since, at(5), ZERO);

    ends.forget();
    ends.learn(ANNS, since, at(5), ZERO);

    assertThat(ends.horizonOfNothing(ANNS, at(5))).isEmpty();
  }
}
