package dev.landfall.engine.document;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.clock.DeviceNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The deletions of one document that the server remembers: the latest that took effect, and those
 * that found nothing to delete. The latter bind nobody but the device that sent them, and are known
 * when they come again, also when there is something to delete by then.
 *
 * @param last the latest that took effect
 * @param ofNothing the clock of the latest that found nothing, for each device; the earliest first.
 *     At most {@value #MOST}; the earliest are forgotten
 */
public record Deletions(Optional<Deletion> last, List<HybridTimestamp> ofNothing) {
  /** How many devices are remembered to have deleted nothing. */
  public static final int MOST = 16;

  /** None. */
  public static final Deletions NONE = new Deletions(Optional.empty(), List.of());

  public Deletions {
    ofNothing = List.copyOf(ofNothing);
  }

  /** One deletion that took effect. */
  public static Deletions of(Deletion deletion) {
    return new Deletions(Optional.of(deletion), List.of());
  }

  /** The same with a later deletion that took effect. */
  public Deletions with(Deletion deletion) {
    return new Deletions(Optional.of(deletion), ofNothing);
  }

  /** The same with a deletion at {@code edit} that found nothing. */
  public Deletions withOfNothing(HybridTimestamp edit) {
    if (isOfNothing(edit)) {
      return this;
    }
    List<HybridTimestamp> next = new ArrayList<>(ofNothing);
    next.removeIf(known -> DeviceNode.isSame(known, edit));
    next.add(edit);
    next.sort(null);
    return new Deletions(last, next.subList(Math.max(0, next.size() - MOST), next.size()));
  }

  /**
   * Whether a deletion at {@code edit} says nothing new: it is not after the last one that took
   * effect, or is one of nothing.
   */
  public boolean has(HybridTimestamp edit) {
    return last.filter(deletion -> !edit.isAfter(deletion.edit())).isPresent() || isOfNothing(edit);
  }

  /**
   * Whether a deletion at {@code edit} is one that found nothing, or is before one of its device.
   */
  private boolean isOfNothing(HybridTimestamp edit) {
    return ofNothing.contains(edit)
        || ofNothingBy(edit).filter(known -> !edit.isAfter(known)).isPresent();
  }

  /** The latest that the device of {@code edit} sent when there was nothing to delete. */
  public Optional<HybridTimestamp> ofNothingBy(HybridTimestamp edit) {
    return ofNothing.stream().filter(known -> DeviceNode.isSame(known, edit)).findFirst();
  }

  /** The edit clock of the latest of all. */
  public Optional<HybridTimestamp> latest() {
    return last.map(Deletion::edit).or(() -> ofNothing.stream().reduce(HybridTimestamp::later));
  }
}
