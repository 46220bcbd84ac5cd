package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import java.io.IOException;

/** Takes the documents of an answer, one after the other. */
public interface DocumentSink {
  /** Takes a document in its delivered form, a JSON object. */
  void accept(Bytes document) throws IOException;
}
