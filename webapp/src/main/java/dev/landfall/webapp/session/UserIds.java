package dev.landfall.webapp.session;

import dev.landfall.api.Sha256;
import dev.landfall.api.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Makes user ids from names that others have given. */
public final class UserIds {
  private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
  private static final long VARIANT_RFC = 0x8000_0000_0000_0000L;

  private UserIds() {}

  /**
   * The id of whom {@code authority} calls {@code name}: a UUID of version 8 (RFC 9562, section
   * 5.8), the first 122 bits of a SHA-256. The version for names, 5, stands on SHA-1, which people
   * make collide.
   */
  public static UserId of(String authority, String name) {
    byte[] first = authority.getBytes(StandardCharsets.UTF_8);
    byte[] length = ByteBuffer.allocate(4).putInt(first.length).array();
    return ofHash(Sha256.of(length, first, name.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The first 122 bits of a hash as an id.
   *
   * @param hash at least 16 bytes
   */
  public static UserId ofHash(byte[] hash) {
    ByteBuffer bits = ByteBuffer.wrap(hash);
    long high = (bits.getLong() & VERSION_MASK) | VERSION_8;
    long low = (bits.getLong() & VARIANT_MASK) | VARIANT_RFC;
    return new UserId(new UUID(high, low).toString());
  }
}
