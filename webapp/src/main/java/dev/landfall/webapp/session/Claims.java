package dev.landfall.webapp.session;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.webapp.session.SessionException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The claims of a token whose signature has been verified, read strictly. */
public final class Claims {
  /** How far the clock of an issuer may be from ours, in seconds. */
  static final long SKEW = 60;

  private static final int MAX_DIGITS = 12;

  private final JsonObject claims;

  private Claims(JsonObject claims) {
    this.claims = claims;
  }

  /** Reads the payload of a token. */
  static Claims parse(byte[] payload) {
    try {
      if (JsonText.parse(payload) instanceof JsonObject object) {
        return new Claims(object);
      }
    } catch (JsonFormatException e) {
      // answered below
    }
    throw new SessionException(Reason.INVALID);
  }

  /** A string that must be there. */
  public String string(String name) {
    return optionalString(name).orElseThrow(() -> new SessionException(Reason.INVALID));
  }

  /** A string, if it is one. */
  public Optional<String> optionalString(String name) {
    return claims.get(name) instanceof JsonString string
        ? Optional.of(string.value())
        : Optional.empty();
  }

  /** Whether a claim is {@code true}; some issuers write it as a string, or as 1. */
  public boolean isTrue(String name) {
    JsonValue value = claims.get(name);
    return value == JsonBoolean.TRUE
        || (value instanceof JsonString text
            && (text.value().equals("true") || text.value().equals("1")))
        || (value instanceof JsonNumber number && number.text().equals("1"));
  }

  /** The strings of an array, none if it is not there. */
  public List<String> strings(String name) {
    List<String> strings = new ArrayList<>();
    if (claims.get(name) instanceof JsonArray array) {
      for (JsonValue value : array.values()) {
        if (value instanceof JsonString string) {
          strings.add(string.value());
        }
      }
    }
    return strings;
  }

  /** Seconds since the Unix epoch, as digits; they must be there. */
  long seconds(String name) {
    return optionalSeconds(name).orElseThrow(() -> new SessionException(Reason.INVALID));
  }

  /** Seconds since the Unix epoch, if they are there. */
  OptionalLong optionalSeconds(String name) {
    JsonValue value = claims.get(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value instanceof JsonNumber number
        && number.text().length() <= MAX_DIGITS
        && number.text().chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.of(Long.parseLong(number.text()));
    }
    throw new SessionException(Reason.INVALID);
  }

  /** The user that {@code sub} names; nobody is the one who stands for those who are gone. */
  UserId user() {
    try {
      UserId user = new UserId(string("sub"));
      if (user.equals(Document.IndexEntry.GONE)) {
        throw new SessionException(Reason.INVALID);
      }
      return user;
    } catch (IllegalArgumentException e) {
      throw new SessionException(Reason.INVALID);
    }
  }

  /** Whom the token is for; none if it does not say. */
  public List<String> audiences() {
    JsonValue value = claims.get("aud");
    if (value == null) {
      return List.of();
    }
    if (value instanceof JsonString one) {
      return List.of(one.value());
    }
    List<String> audiences = strings("aud");
    if (audiences.isEmpty()) {
      throw new SessionException(Reason.INVALID);
    }
    return audiences;
  }

  /** Refuses a token that is over, or not yet valid, or made in the future. */
  public void checkTimes(long now) {
    if (now > seconds("exp") + SKEW) {
      throw new SessionException(Reason.EXPIRED);
    }
    if (optionalSeconds("nbf").orElse(0) > now + SKEW
        || optionalSeconds("iat").orElse(0) > now + SKEW) {
      throw new SessionException(Reason.INVALID);
    }
  }
}
