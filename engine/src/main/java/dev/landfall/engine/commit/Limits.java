package dev.landfall.engine.commit;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.problem.SyncProblem;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How large things may be.
 *
 * @param documentBytes of one document as JSON in UTF-8
 * @param depth how deeply a document may nest, at most 64
 * @param leaves of one document
 * @param changes in one request
 * @param collections of one user or organisation in one application
 * @param quota of one user or organisation in one application
 */
public record Limits(
    long documentBytes, int depth, int leaves, int changes, int collections, Quota quota) {
  /** The defaults. */
  public static final Limits DEFAULT =
      new Limits(1024 * 1024, 64, 10_000, 10_000, 1_000, Quota.NONE);

  /** The most characters of a field's name. */
  public static final int NAME_LENGTH = 1024;

  /** A limit that a document breaks, or a name it must not have. */
  public record Violation(SyncProblem problem, String message) {}

  /** The first violation by {@code document}, if there is one. */
  public Optional<Violation> check(JsonObject document) {
    Counter counter = new Counter();
    Optional<Violation> found = counter.visit(document, 1, true);
    if (found.isPresent()) {
      return found;
    }
    if (counter.bytes > documentBytes && JsonText.bytes(document).length() > documentBytes) {
      return Optional.of(
          new Violation(
              SyncProblem.TOO_LARGE, "the document has more than " + documentBytes + " bytes"));
    }
    return Optional.empty();
  }

  /** Whether a document may have a leaf at {@code path}. */
  public boolean allowsPath(LeafPath path) {
    List<String> names = path.names();
    return names.size() <= depth && names.stream().allMatch(name -> nameProblem(name).isEmpty());
  }

  private final class Counter {
    private int count;

    /** No fewer than the document has as JSON: a character becomes at most six bytes. */
    private long bytes = 2;

    Optional<Violation> visit(JsonValue value, int level, boolean inBranch) {
      if (value instanceof JsonObject object) {
        if (level > depth) {
          return tooDeep();
        }
        bytes += 2;
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
          bytes += 4 + 6L * member.getKey().length();
          Optional<Violation> found = nameProblem(member.getKey());
          if (found.isEmpty()) {
            boolean branch =
                inBranch && member.getValue() instanceof JsonObject below && !below.isEmpty();
            if (inBranch && !branch && ++count > leaves) {
              return Optional.of(
                  new Violation(
                      SyncProblem.TOO_LARGE, "the document has more than " + leaves + " leaves"));
            }
            found = visit(member.getValue(), level + 1, branch);
          }
          if (found.isPresent()) {
            return found;
          }
        }
      } else if (value instanceof JsonArray array) {
        if (level > depth) {
          return tooDeep();
        }
        bytes += 2 + array.values().size();
        for (JsonValue element : array.values()) {
          Optional<Violation> found = visit(element, level + 1, false);
          if (found.isPresent()) {
            return found;
          }
        }
      } else if (value instanceof JsonString string) {
        bytes += 2 + 6L * string.value().length();
      } else {
        bytes += value.toString().length();
      }
      return Optional.empty();
    }

    private Optional<Violation> tooDeep() {
      return Optional.of(
          new Violation(
              SyncProblem.BAD_REQUEST, "the document nests deeper than " + depth + " levels"));
    }
  }

  private static Optional<Violation> nameProblem(String name) {
    if (name.length() > NAME_LENGTH && name.codePointCount(0, name.length()) > NAME_LENGTH) {
      return Optional.of(
          new Violation(
              SyncProblem.BAD_REQUEST,
              "a field's name has more than " + NAME_LENGTH + " characters"));
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean lone =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  && i + 1 < name.length()
                  && Character.isLowSurrogate(name.charAt(i + 1)));
      if (c == 0 || lone) {
        return Optional.of(
            new Violation(
                SyncProblem.BAD_REQUEST, "a field's name holds a NUL or a lone surrogate"));
      }
      if (Character.isSurrogate(c)) {
        i++;
      }
    }
    return Optional.empty();
  }
}
