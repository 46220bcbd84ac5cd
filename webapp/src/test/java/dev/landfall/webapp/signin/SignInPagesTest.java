package dev.landfall.webapp.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SignInPagesTest {
  private static final URI TARGET = URI.create("https://app.example.org/?a='b'&c");

  private static String done(String name) {
    return SignInPages.done(
        ProviderServer.json("{'user': {'name': '" + name + "'}, 'token': 't.t.t'}"),
        Optional.of(TARGET));
  }

  @Test
  void aNameCannotWriteMarkup() {
    assertThat(done("</script><img src=x onerror=alert(1)>"))
        .doesNotContain("<img")
        .contains("&lt;img");
  }

  @Test
  void theTokenIsInNoAddress() {
    String page = done("A");

    assertThat(page).contains("t.t.t");
    Matcher address = Pattern.compile("(href|src|action)=\"([^\"]*)\"").matcher(page);
    while (address.find()) {
      assertThat(address.group(2)).doesNotContain("t.t.t");
    }
  }

  @Test
  void thePolicyAllowsWhatIsInThePage() throws Exception {
    for (String element : List.of("script", "style")) {
      Matcher content =
          Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
              .matcher(done("A"));
      assertThat(content.find()).isTrue();
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(content.group(1).getBytes(StandardCharsets.UTF_8));

      assertThat(SignInPages.POLICY)
          .contains(element + "-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
    }
  }

  @Test
  void theDevelopmentSignInIsOfferedOnlyWhereItIsOn() {
    assertThat(SignInPages.choice(List.of(), true, Optional.empty(), Optional.empty()))
        .contains("<form>")
        .contains("<label for=\"dev-name\">");
    assertThat(SignInPages.choice(List.of(), false, Optional.empty(), Optional.empty()))
        .doesNotContain("<form>")
        .contains("No provider is configured");
  }
}
