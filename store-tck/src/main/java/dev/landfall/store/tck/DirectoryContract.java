package dev.landfall.store.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The directory: unique names, changed by compare-and-set, listed by code points. */
public interface DirectoryContract extends StoreSubject {
  private Directory directory() {
    return backend().directory();
  }

  private static DirectoryRecord record(String name, long version, String content) {
    return new DirectoryRecord("user", name, version, Bytes.utf8(content));
  }

  @Test
  default void aRecordIsFoundAsItWasWritten() {
    DirectoryRecord ann = record("ann", 1, "Ann");

    assertThat(directory().write(ann)).isTrue();

    assertThat(directory().find("user", "ann")).contains(ann);
    assertThat(directory().find("org", "ann")).isEmpty();
    assertThat(directory().find("user", "Ann")).isEmpty();
  }

  @Test
  default void aNameIsTakenOnce() {
    directory().write(record("ann", 1, "first"));

    assertThat(directory().write(record("ann", 1, "second"))).isFalse();

    assertThat(directory().find("user", "ann")).contains(record("ann", 1, "first"));
  }

  @Test
  default void aRecordIsChangedFromTheVersionBefore() {
    directory().write(record("ann", 1, "1"));

    assertThat(directory().write(record("ann", 2, "2"))).isTrue();
    assertThat(directory().write(record("ann", 2, "late"))).isFalse();
    assertThat(directory().write(record("ann", 4, "early"))).isFalse();

    assertThat(directory().find("user", "ann")).contains(record("ann", 2, "2"));
  }

  @Test
  default void aLaterVersionOfNothingIsNotWritten() {
    assertThat(directory().write(record("ann", 2, "2"))).isFalse();

    assertThat(directory().find("user", "ann")).isEmpty();
  }

  @Test
  default void aRecordIsRemovedAtItsVersion() {
    directory().write(record("ann", 1, "1"));
    directory().write(record("ann", 2, "2"));

    assertThat(directory().remove("user", "ann", 1)).isFalse();
    assertThat(directory().find("user", "ann")).isPresent();
    assertThat(directory().remove("user", "ann", 2)).isTrue();
    assertThat(directory().remove("user", "ann", 2)).isFalse();

    assertThat(directory().find("user", "ann")).isEmpty();
    assertThat(directory().write(record("ann", 1, "again"))).isTrue();
  }

  @Test
  default void theLargestRecordSurvives() {
    DirectoryRecord large =
        new DirectoryRecord(
            "k".repeat(32),
            "n".repeat(512),
            Long.MAX_VALUE,
            Bytes.copyOf(new byte[DirectoryRecord.MAX_CONTENT]));
    DirectoryRecord first = new DirectoryRecord(large.kind(), large.name(), 1, large.content());

    assertThat(directory().write(large)).isFalse();
    assertThat(directory().write(first)).isTrue();

    assertThat(directory().find(large.kind(), large.name())).contains(first);
  }

  @Test
  default void awkwardNamesAreNamesLikeOthers() {
    for (String name : AwkwardNameContract.NAMES) {
      assertThat(directory().write(record(name, 1, "of " + name))).isTrue();
    }

    for (String name : AwkwardNameContract.NAMES) {
      assertThat(directory().find("user", name)).contains(record(name, 1, "of " + name));
    }
  }

  @Test
  default void aNameThatNoRecordCanHaveIsNotFound() {
    directory().write(record("?", 1, "question"));
    directory().write(record("\ufffd", 1, "replacement"));
    directory().write(record("a", 1, "a"));

    for (String name : List.of("", "\ud800", "\udfff", "a\u0000", "\u0000")) {
      assertThat(directory().find("user", name)).isEmpty();
      assertThat(directory().remove("user", name, 1)).isFalse();
    }
  }

  @Test
  default void recordsAreListedByCodePoints() {
    for (String name : AwkwardNameContract.NAMES) {
      directory().write(record(name, 1, ""));
      directory().write(new DirectoryRecord("org", name + "x", 1, Bytes.EMPTY));
    }
    List<String> expected = new ArrayList<>(AwkwardNameContract.NAMES);
    expected.sort(Comparator.comparing(DirectoryContract::utf32));

    assertThat(directory().list("user", "", 1_000))
        .extracting(DirectoryRecord::name)
        .isEqualTo(expected);
    assertThat(directory().list("other", "", 1_000)).isEmpty();
  }

  @Test
  default void aListInPiecesIsTheWholeList() {
    for (String name : AwkwardNameContract.NAMES) {
      directory().write(record(name, 1, "of " + name));
    }
    List<DirectoryRecord> whole = directory().list("user", "", 1_000);

    for (int size = 1; size <= whole.size() + 1; size++) {
      List<DirectoryRecord> read = new ArrayList<>();
      String after = "";
      while (true) {
        List<DirectoryRecord> piece = directory().list("user", after, size);
        assertThat(piece).hasSizeLessThanOrEqualTo(size);
        read.addAll(piece);
        if (piece.size() < size) {
          break;
        }
        after = piece.get(piece.size() - 1).name();
      }
      assertThat(read).isEqualTo(whole);
    }
  }

  @Test
  default void aListMayStartAfterANameThatIsNotThere() {
    directory().write(record("a", 1, ""));
    directory().write(record("c", 1, ""));

    assertThat(directory().list("user", "b", 10))
        .extracting(DirectoryRecord::name)
        .containsExactly("c");
    assertThat(directory().list("user", "c", 10)).isEmpty();
  }

  @Test
  default void ofManyAtOnceOneTakesAName() {
    int[] winners = {0};

    Crowd.of(16)
        .each(
            i -> {
              if (directory().write(record("acme", 1, "by " + i))) {
                synchronized (winners) {
                  winners[0]++;
                }
              }
            });

    assertThat(winners[0]).isEqualTo(1);
  }

  @Test
  default void noChangeIsLostWhenManyChangeARecord() {
    directory().write(record("counter", 1, "0"));

    Crowd.of(16)
        .each(
            i -> {
              for (int done = 0; done < 10; ) {
                Optional<DirectoryRecord> found = directory().find("user", "counter");
                DirectoryRecord old = found.orElseThrow();
                String next = Integer.toString(Integer.parseInt(old.content().utf8()) + 1);
                if (directory().write(record("counter", old.version() + 1, next))) {
                  done++;
                }
              }
            });

    assertThat(directory().find("user", "counter")).contains(record("counter", 161, "160"));
  }

  private static String utf32(String text) {
    StringBuilder hex = new StringBuilder();
    text.codePoints().forEach(c -> hex.append(String.format("%06x", c)));
    return hex.toString();
  }
}
