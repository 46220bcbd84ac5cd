package dev.landfall.webapp.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.session.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SealedTest {
  private static final byte[] PLAIN = "{\"verifier\":\"v\"}".getBytes(StandardCharsets.UTF_8);

  private final Sealed sealed = new Sealed(new Secret(new byte[32]), new SecureRandom());

  @Test
  void whatIsSealedIsOpenedByWhoeverHasTheSecret() {
    Sealed otherNode = new Sealed(new Secret(new byte[32]), new SecureRandom());

    assertThat(otherNode.open(sealed.seal(PLAIN))).hasValue(PLAIN);
    assertThat(sealed.seal(PLAIN)).matches("[A-Za-z0-9_-]+").isNotEqualTo(sealed.seal(PLAIN));
  }

  @Test
  void nobodyElseReadsOrChangesIt() {
    byte[] other = new byte[32];
    other[0] = 1;
    String text = sealed.seal(PLAIN);

    assertThat(new Sealed(new Secret(other), new SecureRandom()).open(text)).isEmpty();
    for (int i = 0; i < text.length() - 1; i++) {
      String changed =
          text.substring(0, i) + (text.charAt(i) == 'A' ? 'B' : 'A') + text.substring(i + 1);
      assertThat(sealed.open(changed)).isEmpty();
    }
    assertThat(sealed.open("")).isEmpty();
    assertThat(sealed.open("no base64!")).isEmpty();
  }
}
