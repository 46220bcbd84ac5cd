package dev.landfall.engine.atom;

import java.util.List;
import java.util.Optional;

/**
 * What became of documents that somebody wrote.
 *
 * @param results one for each, in order
 * @param nowMillis everything that was accepted is from then or before, and everything committed
 *     later is later
 */
public record AtomAnswer(List<Result> results, long nowMillis) {
  public AtomAnswer {
    results = List.copyOf(results);
  }

  /** Why something is not stored. */
  public enum Refusal {
    /** There is another version than the one its writer has seen. */
    STALE("stale"),
    /** The writer may only read it. */
    FORBIDDEN("forbidden"),
    /** It breaks a limit or does not fit the schema. */
    INVALID("invalid");

    private final String code;

    Refusal(String code) {
      this.code = code;
    }

    /** The word for it. */
    public String code() {
      return code;
    }
  }

  /**
   * What became of one.
   *
   * @param refusal why it is not stored, if it is not
   * @param message what is wrong with one that is invalid
   * @param document as it is now; empty if there is none for the writer
   */
  public record Result(
      AtomChange change,
      Optional<Refusal> refusal,
      Optional<String> message,
      Optional<AtomDocument> document) {}
}
