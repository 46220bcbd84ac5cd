package dev.landfall.client.replica;

import java.util.Set;

/**
 * How much may be sent at once.
 *
 * @param changes at most so many, of documents of which some may have several; 0 to pull alone
 * @param bytes about how large they may be together; one of any size goes alone
 * @param aside what is not to be sent now
 */
public record Batch(int changes, long bytes, Set<DocumentAddress> aside) {
  public Batch {
    aside = Set.copyOf(aside);
  }

  /** At most so many documents of any size. */
  public static Batch of(int changes) {
    return new Batch(changes, Long.MAX_VALUE, Set.of());
  }
}
