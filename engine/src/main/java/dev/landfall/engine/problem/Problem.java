package dev.landfall.engine.problem;

import java.util.Optional;

/** One way in which a request can fail, as the client is told of it. */
public interface Problem {
  /** Stable, in lower case; clients decide by it. */
  String code();

  /** The status of HTTP. */
  int status();

  /** What a client needs to know beyond the code, in lower case. */
  Optional<String> reason();
}
