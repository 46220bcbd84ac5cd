package dev.landfall.webapp.signin;

import dev.landfall.api.Sha256;
import dev.landfall.api.json.JsonObject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pages that people see: where they choose a provider, where they come back to, and what they
 * find if they come back in vain. Tokens are in the page alone, never in an address.
 */
final class SignInPages {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
      main { max-width: 24rem; margin: 10vh auto; padding: 0 1rem }
      ul { list-style: none; padding: 0 }
      li, form { margin: 1rem 0 }
      .choice, button { display: block; box-sizing: border-box; width: 100%; padding: .75rem; font: inherit; text-align: center;
        color: inherit; background: none; border: 1px solid currentColor; border-radius: .5rem; text-decoration: none; cursor: pointer }
      input, textarea { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; margin: .25rem 0 1rem }
      """;

  /**
   * Hands the session over: to the window that has opened this one, if its origin is the one it has
   * asked for; or, on the same origin, through sessionStorage.
   */
  private static final String SCRIPT =
      """
      'use strict';
      const main = document.querySelector('main');
      const target = main.dataset.returnTo ? new URL(main.dataset.returnTo) : null;
      function show(session) {
        document.getElementById('name').textContent = session.user.name || session.user.userId;
        document.getElementById('token').value = session.token;
        document.getElementById('done').hidden = false;
      }
      function finish(session) {
        if (target && window.opener) {
          window.opener.postMessage({ type: 'landfall.session', ...session }, target.origin);
          window.close();
        } else if (target && target.origin === location.origin) {
          sessionStorage.setItem('landfall.session', JSON.stringify(session));
          location.replace(target.href);
        } else {
          show(session);
        }
      }
      if (main.dataset.session) {
        finish(JSON.parse(main.dataset.session));
      }
      const form = document.querySelector('form');
      if (form) {
        form.addEventListener('submit', async event => {
          event.preventDefault();
          const answer = await fetch('dev', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ name: form.elements.name.value })
          });
          const body = await answer.json();
          document.getElementById('problem').textContent = answer.ok ? '' : body.error;
          if (answer.ok) {
            finish(body);
          }
        });
      }
      """;

  /** Allows what is above and nothing else. */
  static final String POLICY =
      "default-src 'none'; script-src 'sha256-"
          + sha256(SCRIPT)
          + "'; style-src 'sha256-"
          + sha256(STYLE)
          + "'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private static final String DONE =
      """
      <section id="done" hidden aria-live="polite">
      <p>You are signed in as <strong id="name"></strong>.</p>
      <details><summary>Session token</summary>
      <label for="token">For the header Authorization: Bearer</label>
      <textarea id="token" rows="6" readonly></textarea></details>
      </section>
      """;

  private SignInPages() {}

  /**
   * The page on which one chooses a provider.
   *
   * @param development whether the sign-in for development is on
   * @param returnTo where the browser is to be led, as it was given
   * @param target the whole address that this means
   */
  static String choice(
      Collection<Provider> providers,
      boolean development,
      Optional<String> returnTo,
      Optional<URI> target) {
    StringBuilder main = new StringBuilder("<h1>Sign in</h1>\n");
    String query = returnTo.map(to -> "?returnTo=" + ProviderHttp.encode(to)).orElse("");
    if (!providers.isEmpty()) {
      main.append("<ul>\n");
      for (Provider provider : providers) {
        main.append("<li><a class=\"choice\" href=\"")
            .append(escaped(provider.name() + query))
            .append("\">Continue with ")
            .append(escaped(provider.label()))
            .append("</a></li>\n");
      }
      main.append("</ul>\n");
    }
    if (development) {
      main.append(
          """
          <form>
          <label for="dev-name">Any name, for development</label>
          <input id="dev-name" name="name" required maxlength="100" autocomplete="off">
          <button>Sign in</button>
          <p id="problem" role="alert"></p>
          </form>
          """);
    }
    if (providers.isEmpty() && !development) {
      main.append("<p>No provider is configured.</p>\n");
    }
    return page("Sign in", "", target, main.append(DONE).toString());
  }

  /** The page to which one comes back. */
  static String done(JsonObject session, Optional<URI> target) {
    String onward =
        target
            .map(
                uri ->
                    "<p><a class=\"choice\" href=\""
                        + escaped(uri.toString())
                        + "\">Continue</a></p>\n")
            .orElse("");
    return page(
        "Signed in",
        " data-session=\"" + escaped(session.toString()) + "\"",
        target,
        "<h1>Signed in</h1>\n" + DONE + onward);
  }

  /**
   * The page of a sign-in that failed.
   *
   * @param base where browsers reach this server
   * @param returnTo where the browser wanted to be led, if that is known
   */
  static String failed(SignInProblem problem, URI base, Optional<URI> returnTo) {
    String again = base + "/auth/login" + returnTo.map(to -> "?returnTo=" + encoded(to)).orElse("");
    StringBuilder main =
        new StringBuilder("<h1>")
            .append(escaped(problem.title()))
            .append("</h1>\n<p>")
            .append(escaped(problem.text()))
            .append(".</p>\n<p><a class=\"choice\" href=\"")
            .append(escaped(again))
            .append("\">Sign in again</a></p>\n");
    returnTo.ifPresent(
        to ->
            main.append("<p><a class=\"choice\" href=\"")
                .append(escaped(to.toString()))
                .append("\">Back to the application</a></p>\n"));
    return page(problem.title(), "", Optional.empty(), main.toString());
  }

  private static String encoded(URI uri) {
    return ProviderHttp.encode(uri.toString());
  }

  /** Whether somebody who sends this {@code Accept} header wants to see pages. */
  static boolean areWanted(@Nullable String accept) {
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(MediaType.TEXT_HTML);
  }

  /** The answer that is this page. */
  static Response answer(Response.ResponseBuilder answer, String page) {
    return answer
        .entity(page.getBytes(StandardCharsets.UTF_8)) // RESTEasy would escape a String
        .type(MediaType.TEXT_HTML_TYPE.withCharset("utf-8"))
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer")
        .build();
  }

  private static String page(
      String title, String attributes, Optional<URI> target, String content) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + title
        + " - Landfall</title>\n<style>"
        + STYLE
        + "</style>\n</head>\n<body>\n<main"
        + attributes
        + target.map(uri -> " data-return-to=\"" + escaped(uri.toString()) + "\"").orElse("")
        + ">\n"
        + content
        + "</main>\n<script>"
        + SCRIPT
        + "</script>\n</body>\n</html>\n";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String sha256(String text) {
    return Base64.getEncoder().encodeToString(Sha256.of(text));
  }
}
