package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.MILK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import dev.landfall.store.tck.Draft;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one version writes, it and those after it read. */
class CommitContentTest {
  private final Commit commit =
      Draft.after(Tip.NONE)
          .put(MILK, Terms.of(List.of("a", "b")), ALICE)
          .put(BREAD, "bread", ALICE)
          .commit();

  @Test
  void aCommitIsReadAsItWasWritten() {
    assertThat(read(commit, CommitContent.encode(commit))).isEqualTo(commit);
  }

  @Test
  void aCommitFromBeforeThereWereTermsIsRead() throws IOException {
    Commit plain = Draft.after(Tip.NONE).put(BREAD, "bread", ALICE).commit();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(1);
      out.writeInt(1);
      out.writeUTF(BREAD.owner().text());
      out.writeUTF(BREAD.collection().value());
      out.writeUTF(BREAD.key().value());
      out.writeUTF(plain.documents().get(0).revision().toString());
      out.writeBoolean(false);
      for (String part : List.of("bread", "r", "")) {
        out.writeInt(part.length());
        out.writeBytes(part);
      }
      out.writeInt(1);
      out.writeUTF(ALICE.text());
      out.writeUTF(BREAD.collection().value());
      out.writeUTF(plain.entries().get(0).position().toString());
      out.writeInt(0);
      out.writeByte(0);
    }

    assertThat(read(plain, bytes.toByteArray())).isEqualTo(plain);
  }

  @Test
  void aCommitOfANewerVersionIsRefused() {
    byte[] newer = CommitContent.encode(commit);
    newer[0]++;

    assertThatThrownBy(() -> read(commit, newer)).isInstanceOf(StoreUnavailableException.class);
  }

  private static Commit read(Commit commit, byte[] content) {
    return CommitContent.decode(
        commit.number(), commit.clock(), commit.epoch(), commit.token(), content);
  }
}
