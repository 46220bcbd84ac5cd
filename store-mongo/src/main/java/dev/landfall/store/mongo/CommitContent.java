package dev.landfall.store.mongo;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Documents and entries of a commit as one string of bytes: no name that a user chose becomes a
 * field name, and it can be cut into pieces anywhere.
 */
final class CommitContent {
  private static final int WITHOUT_TERMS = 1;
  private static final int FORM = 2;

  private CommitContent() {}

  static byte[] encode(Commit commit) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 512 * commit.documents().size());
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      Map<DocumentId, Integer> places = new HashMap<>();
      out.writeInt(commit.documents().size());
      for (StoredDocument document : commit.documents()) {
        places.put(document.id(), places.size());
        out.writeUTF(document.id().owner().text());
        out.writeUTF(document.id().collection().value());
        out.writeUTF(document.id().key().value());
        out.writeUTF(document.revision().toString());
        out.writeBoolean(document.deleted());
        write(out, document.wire());
        write(out, document.record());
        write(out, document.history());
        write(out, Bytes.utf8(document.terms().text()));
      }
      out.writeInt(commit.entries().size());
      for (FeedEntry entry : commit.entries()) {
        out.writeUTF(entry.feed().reader().text());
        out.writeUTF(entry.feed().collection().value());
        out.writeUTF(entry.position().toString());
        out.writeInt(places.getOrDefault(entry.document(), -1));
        out.writeByte(EntryRow.kind(entry.kind()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Bytes bytes) throws IOException {
    out.writeInt(bytes.length());
    bytes.writeTo(out);
  }

  static Commit decode(
      long number, HybridTimestamp clock, String epoch, String token, byte[] content) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      int form = in.readByte();
      if (form != FORM && form != WITHOUT_TERMS) {
        throw new StoreUnavailableException("a newer version has written a commit");
      }
      List<StoredDocument> documents = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        DocumentId id =
            new DocumentId(
                Owner.parse(in.readUTF()),
                new CollectionName(in.readUTF()),
                new DocumentKey(in.readUTF()));
        documents.add(
            new StoredDocument(
                id,
                HybridTimestamp.parse(in.readUTF()),
                in.readBoolean(),
                bytes(in),
                bytes(in),
                bytes(in),
                form == WITHOUT_TERMS ? Terms.NONE : Terms.parse(bytes(in).utf8())));
      }
      List<FeedEntry> entries = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        Feed feed = new Feed(Principal.parse(in.readUTF()), new CollectionName(in.readUTF()));
        HybridTimestamp position = HybridTimestamp.parse(in.readUTF());
        DocumentId id = documents.get(in.readInt()).id();
        entries.add(new FeedEntry(feed, position, id, EntryRow.kind(in.readByte())));
      }
      return new Commit(number, clock, epoch, token, documents, entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Bytes bytes(DataInputStream in) throws IOException {
    return Bytes.copyOf(in.readNBytes(in.readInt()));
  }
}
