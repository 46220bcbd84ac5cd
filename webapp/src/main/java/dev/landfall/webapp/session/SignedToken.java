package dev.landfall.webapp.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import dev.landfall.webapp.session.SessionException.Reason;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Set;

/** A token whose form is in order and whose signature has yet to be verified. */
final class SignedToken {
  private static final int MAX_LENGTH = 8 * 1024;

  private final JWSObject jws;

  private SignedToken(JWSObject jws) {
    this.jws = jws;
  }

  /**
   * Reads the compact form. Refused are headers that ask to take the key from elsewhere or to
   * understand extensions, and Base64 that decodes to the same bytes as other text: each token has
   * one spelling.
   *
   * @param types allowed values of {@code typ}; none at all is always allowed
   */
  static SignedToken parse(String text, Set<String> types) {
    return parse(text, types, MAX_LENGTH);
  }

  /** The same for tokens that may be longer, or have to be shorter. */
  static SignedToken parse(String text, Set<String> types, int maxLength) {
    if (text.length() > maxLength) {
      throw new SessionException(Reason.INVALID);
    }
    try {
      JWSObject jws = JWSObject.parse(text);
      JWSHeader header = jws.getHeader();
      JOSEObjectType type = header.getType();
      boolean plain =
          header.getCriticalParams() == null
              && header.isBase64URLEncodePayload()
              && !header.getIncludedParams().contains("b64")
              && header.getJWK() == null
              && header.getJWKURL() == null
              && header.getX509CertURL() == null
              && header.getX509CertChain() == null
              && (header.getKeyID() == null
                  || header.getKeyID().matches("[A-Za-z0-9._~=+-]{1,200}"))
              && (type == null
                  || types.contains(type.getType().toLowerCase(java.util.Locale.ROOT)));
      if (plain && isCanonical(text)) {
        return new SignedToken(jws);
      }
    } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
      // answered below
    }
    throw new SessionException(Reason.INVALID);
  }

  private static boolean isCanonical(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    for (String part : parts) {
      if (!Base64URL.encode(new Base64URL(part).decode()).toString().equals(part)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is RS256 or ES256 and signed with the other half of {@code key}. */
  boolean isSignedWith(PublicKey key) {
    JWSAlgorithm algorithm = jws.getHeader().getAlgorithm();
    try {
      if (JWSAlgorithm.RS256.equals(algorithm) && key instanceof RSAPublicKey rsa) {
        return jws.verify(new RSASSAVerifier(rsa));
      }
      if (JWSAlgorithm.ES256.equals(algorithm) && key instanceof ECPublicKey ec) {
        return jws.verify(new ECDSAVerifier(ec));
      }
      return false;
    } catch (JOSEException | IllegalStateException e) {
      return false;
    }
  }

  JWSHeader header() {
    return jws.getHeader();
  }

  JWSObject jws() {
    return jws;
  }

  /** The payload; to be believed only after verification. */
  byte[] payload() {
    return jws.getPayload().toBytes();
  }
}
