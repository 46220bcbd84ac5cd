package dev.landfall.webapp.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The public keys of an issuer. */
record PublicKeys(List<Entry> entries) {
  private static final int MIN_RSA_BITS = 2048;
  private static final int EC_BITS = 256;

  /** A key and the name it has in a set, if it has one. */
  record Entry(Optional<String> id, PublicKey key) {}

  PublicKeys {
    entries = List.copyOf(entries);
  }

  /**
   * Reads keys from PEM, a JWK or a JWK set, the last two also in Base64.
   *
   * @throws IllegalArgumentException if there is no usable public key in it
   */
  static PublicKeys parse(String given) {
    String text = given.strip();
    if (text.contains("-----BEGIN")) {
      return new PublicKeys(List.of(new Entry(Optional.empty(), checked(pem(text)))));
    }
    try {
      if (!text.startsWith("{")) {
        text = new String(Base64.getMimeDecoder().decode(urlToPlain(text)), StandardCharsets.UTF_8);
      }
      JWKSet set = text.contains("\"keys\"") ? JWKSet.parse(text) : new JWKSet(JWK.parse(text));
      List<Entry> entries = new ArrayList<>();
      for (JWK key : set.getKeys()) {
        boolean forSignatures = key.getKeyUse() == null || KeyUse.SIGNATURE.equals(key.getKeyUse());
        if (forSignatures && key instanceof AsymmetricJWK asymmetric) {
          PublicKey plain = asymmetric.toPublicKey();
          if (isUsable(plain)) {
            entries.add(new Entry(Optional.ofNullable(key.getKeyID()), plain));
          }
        }
      }
      if (!entries.isEmpty()) {
        return new PublicKeys(entries);
      }
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      throw new IllegalArgumentException("is neither PEM nor a JWK nor a JWK set");
    }
    throw new IllegalArgumentException("holds no RSA key of 2048 bits or more and no P-256 key");
  }

  /** The keys that a token with this {@code kid} may be signed with. */
  List<PublicKey> candidates(Optional<String> id) {
    List<PublicKey> candidates = new ArrayList<>();
    for (Entry entry : entries) {
      if (id.isEmpty() || entry.id().isEmpty() || entry.id().equals(id)) {
        candidates.add(entry.key());
      }
    }
    return candidates;
  }

  private static String urlToPlain(String text) {
    return text.replace('-', '+').replace('_', '/');
  }

  private static PublicKey pem(String text) {
    String body =
        text.replaceAll("-----BEGIN [A-Z ]+-----", "")
            .replaceAll("-----END [A-Z ]+-----", "")
            .replaceAll("\\s", "");
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm)
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(body)));
      } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
        // the other one, then
      }
    }
    throw new IllegalArgumentException("is no RSA or EC public key in PEM");
  }

  private static PublicKey checked(PublicKey key) {
    if (isUsable(key)) {
      return key;
    }
    throw new IllegalArgumentException("is no RSA key of 2048 bits or more and no P-256 key");
  }

  private static boolean isUsable(PublicKey key) {
    return (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS)
        || (key instanceof ECPublicKey ec
            && ec.getParams().getCurve().getField().getFieldSize() == EC_BITS);
  }
}
