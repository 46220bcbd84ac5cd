package dev.landfall.webapp.transfer;

import dev.landfall.api.Bytes;
import dev.landfall.webapp.http.Answer;
import java.io.IOException;
import java.io.OutputStream;

/** The body of an answer as a stream of bytes. */
final class SinkStream extends OutputStream {
  private final Answer.Sink sink;

  SinkStream(Answer.Sink sink) {
    this.sink = sink;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    sink.json().raw(Bytes.copyOf(bytes, from, length));
    sink.endOfPiece();
  }
}
