package dev.landfall.benchmarks.load;

import java.nio.ByteBuffer;

/** What one connection says. One request at a time, for one thread. */
public interface Client {
  /** The next request, head and body. */
  ByteBuffer next();

  /**
   * Takes the answer to it.
   *
   * @param body the buffer the body is in; it is used again
   * @param length how much of {@code body} it fills
   */
  void answered(byte[] body, int length);
}
