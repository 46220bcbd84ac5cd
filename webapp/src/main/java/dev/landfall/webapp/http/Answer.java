package dev.landfall.webapp.http;

import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import java.io.IOException;
import java.util.Optional;

/** A JSON body that is written piece by piece, so that it need not be in memory as a whole. */
public interface Answer {
  /**
   * Writes the body.
   *
   * @throws IOException if the client does not take it
   */
  void writeTo(Sink out) throws IOException;

  /** The media type in the letters it is to have, where the REST runtime would use others. */
  default Optional<String> contentType() {
    return Optional.empty();
  }

  /** Whether compressing it saves anything. */
  default boolean isCompressible() {
    return true;
  }

  /** Where a body is written. */
  interface Sink {
    /** What to write the next piece with. */
    JsonWriter json();

    /** Says that a piece is complete; sends what has gathered if that is a lot. */
    void endOfPiece() throws IOException;
  }

  /** A body that is known already. */
  static Answer of(JsonValue value) {
    return out -> out.json().value(value);
  }
}
