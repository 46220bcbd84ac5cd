package dev.landfall.webapp.session;

/** Bytes that no log and no message may show. */
public final class Secret {
  private final byte[] bytes;

  /** A copy of {@code bytes}. */
  public Secret(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
