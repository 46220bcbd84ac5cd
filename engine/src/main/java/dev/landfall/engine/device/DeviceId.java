package dev.landfall.engine.device;

import java.util.regex.Pattern;

/**
 * What a client calls the device it is on, for its user alone.
 *
 * @param value 1 to 64 characters of {@code A-Z a-z 0-9 . _ ~ -}
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~-]{1,64}");

  public DeviceId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("must be 1 to 64 characters of A-Z a-z 0-9 . _ ~ -");
    }
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
