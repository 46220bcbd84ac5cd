package dev.landfall.engine.document;

import dev.landfall.api.HybridTimestamp;

/**
 * A deletion that took effect.
 *
 * @param edit when the device made it
 * @param commit when the server learned of it; zero if it knew of nothing to delete: then only the
 *     device that sent it may have meant something
 */
public record Deletion(HybridTimestamp edit, HybridTimestamp commit) {
  /** The same of a document that did not exist: it is known when it comes again, and no more. */
  public Deletion ofNothing() {
    return new Deletion(edit, HybridTimestamp.ZERO);
  }

  /** Whether it has removed the leaves there were, those nobody had heard of included. */
  public boolean removesLeaves() {
    return !commit.isZero();
  }
}
