package dev.landfall.engine.commit;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.Register;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Registers;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds that nobody lets others see more than {@link SharingLimits} allow. What was so before
 * stays, and whoever makes it less is not refused. For one thread at a time: whoever makes the
 * commit.
 */
public final class ShareQuota {
  private static final int PIECE_ITEMS = 1_000;
  private static final long PIECE_BYTES = 1024 * 1024;
  private static final int COUNTED_AT_ONCE = 200;
  private static final int MAX_FULL = 1_000;

  /** For how long a register that was counted out is taken for full. */
  private static final long FULL_MILLIS = 5_000;

  private final SharingLimits limits;
  private final ApplicationStore store;
  private final InstantSource time;
  private final Map<Register, Long> full = new LinkedHashMap<>();

  /** What a commit makes of the documents in a register. */
  static final class Growth {
    private final Map<DocumentId, Long> bytes = new HashMap<>();
    private int living;
    private int gained;

    /** A document as it is to be, with its size; of one that is deleted nothing is seen. */
    void add(Document document, boolean isNew, long size) {
      bytes.put(document.id(), size);
      living += document.isDeleted() ? 0 : 1;
      gained += isNew ? 1 : 0;
    }
  }

  ShareQuota(SharingLimits limits, ApplicationStore store, InstantSource time) {
    this.limits = limits;
    this.store = store;
    this.time = time;
  }

  /** How much more {@code owner} may publish. */
  public static Usage room(SyncSettings settings, ApplicationStore store, Owner owner) {
    SharingLimits limits = settings.sharing();
    Usage held = Usage.NONE;
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more) {
      FeedPage page = read(store, Registers.published(owner), position);
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        if (isHeld(item)) {
          held = held.plus(new Usage(1, item.wire().length()));
        }
      }
      more = page.more();
    }
    return new Usage(limits.publicDocuments(), limits.publicBytes()).minus(held);
  }

  private static boolean isHeld(FeedItem item) {
    return item.entry().kind() == FeedEntry.Kind.CHANGED && !item.deleted();
  }

  /**
   * Finds that a submission may be kept.
   *
   * @throws SyncException if somebody would let others see too much
   */
  void check(Draft draft) {
    List<Register> given = new ArrayList<>();
    Map<Register, Growth> shares = draft.shares();
    shares.forEach(
        (register, growth) -> {
          if (Registers.isPublished(register)) {
            checkPublished(register, growth);
          } else if (Registers.isGiven(register) && growth.gained > 0) {
            given.add(register);
          }
        });
    for (int at = 0; at < given.size(); at += COUNTED_AT_ONCE) {
      checkGiven(given.subList(at, Math.min(given.size(), at + COUNTED_AT_ONCE)), shares);
    }
  }

  private void checkPublished(Register register, Growth growth) {
    long documents = growth.living;
    long bytes = growth.bytes.values().stream().mapToLong(Long::longValue).sum();
    long bytesBefore = 0;
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more) {
      FeedPage page = read(store, register, position);
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        if (isHeld(item)) {
          bytesBefore += item.wire().length();
          if (!growth.bytes.containsKey(item.entry().document())) {
            documents++;
            bytes += item.wire().length();
          }
        }
      }
      more = page.more();
    }
    if (growth.gained > 0 && documents > limits.publicDocuments()) {
      throw refusal(
          "visibility: the owner has as many public documents as allowed",
          "publicDocuments",
          limits.publicDocuments());
    }
    if (bytes > limits.publicBytes() && bytes > bytesBefore) {
      throw refusal(
          "the owner's public documents would be larger than allowed, together",
          "publicBytes",
          limits.publicBytes());
    }
  }

  private static FeedPage read(ApplicationStore store, Register register, HybridTimestamp after) {
    Set<Feed> feed = Set.of(Registers.feed(register));
    return store.feed(feed, after, Feed.NO_END, PIECE_ITEMS, PIECE_BYTES);
  }

  /** Counts many at once, as long as that says that none of them is full. */
  private void checkGiven(List<Register> registers, Map<Register, Growth> shares) {
    Set<Feed> feeds = new LinkedHashSet<>();
    long gained = 0;
    for (Register register : registers) {
      feeds.add(Registers.feed(register));
      gained += gained(register, shares);
    }
    if (store.count(feeds, HybridTimestamp.ZERO, Feed.NO_END) + gained <= limits.grantsToOne()) {
      return;
    }
    if (registers.size() > 1) {
      int middle = registers.size() / 2;
      checkGiven(registers.subList(0, middle), shares);
      checkGiven(registers.subList(middle, registers.size()), shares);
    } else if (isFull(registers.get(0), gained)) {
      throw refusal(
          "sharedWith: as many documents are shared with one of these people as allowed",
          "grantsToOne",
          limits.grantsToOne());
    }
  }

  private static long gained(Register register, Map<Register, Growth> shares) {
    Growth growth = shares.get(register);
    return growth == null ? 0 : growth.gained;
  }

  /** Without what was taken back; that is remembered for a while, and counted by the store. */
  private boolean isFull(Register register, long gained) {
    Long until = full.get(register);
    if (until != null && until > time.millis()) {
      return true;
    }
    long held = gained;
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more && held <= limits.grantsToOne()) {
      FeedPage page = read(store, register, position);
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        held += isHeld(item) ? 1 : 0;
      }
      more = page.more();
    }
    full.remove(register);
    if (held <= limits.grantsToOne()) {
      return false;
    }
    full.put(register, time.millis() + FULL_MILLIS);
    if (full.size() > MAX_FULL) {
      full.remove(full.keySet().iterator().next());
    }
    return true;
  }

  private static SyncException refusal(String text, String limit, long max) {
    return new SyncException(
        SyncProblem.OUT_OF_ROOM,
        text + ", " + max,
        JsonObject.builder().put("limit", limit).put("max", max).build());
  }
}
