package dev.landfall.webapp.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;

/** Makes tokens, good and bad. */
public final class TokenForge {
  private final byte[] secret;

  public TokenForge(byte[] secret) {
    this.secret = secret.clone();
  }

  /** What our own session tokens say. */
  public static JsonObject.Builder claims(String user, long issuedAt, long signedInAt) {
    return JsonObject.builder()
        .put("iss", "landfall")
        .put("sub", user)
        .put("email", JsonNull.NULL)
        .put("providers", JsonArray.EMPTY)
        .put("iat", issuedAt)
        .put("iat_session", signedInAt)
        .put("exp", Math.min(issuedAt + 3 * 86_400, signedInAt + 7 * 86_400));
  }

  /** A good session token. */
  public String session(String user) {
    long now = System.currentTimeMillis() / 1000;
    return session(user, now, now);
  }

  /** A session token of another time. */
  public String session(String user, long issuedAt, long signedInAt) {
    return sign(claims(user, issuedAt, signedInAt).build());
  }

  /** Signs claims with HS256. */
  public String sign(JsonObject claims) {
    return sign(new JWSHeader(JWSAlgorithm.HS256), JsonText.print(claims));
  }

  /** Signs any payload under any header of an HMAC algorithm. */
  public String sign(JWSHeader header, String payload) {
    try {
      return sign(header, payload, new MACSigner(secret));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signs any payload under any header. */
  public static String sign(JWSHeader header, String payload, JWSSigner signer) {
    try {
      JWSObject jws = new JWSObject(header, new Payload(payload));
      jws.sign(signer);
      return jws.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same token with {@code alg: none} and no signature. */
  public String unsigned(String token) {
    return Base64URL.encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")
        + token.substring(token.indexOf('.'), token.lastIndexOf('.') + 1);
  }

  /** A claim that is a number. */
  public static long claim(String token, String name) {
    String payload = token.split("\\.")[1];
    try {
      JsonObject claims = (JsonObject) JsonText.parse(new Base64URL(payload).decode());
      return ((JsonNumber) claims.get(name)).value().longValueExact();
    } catch (JsonFormatException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
