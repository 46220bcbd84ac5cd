package dev.landfall.webapp.signin;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.webapp.session.Claims;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** In what providers of OpenID Connect differ. */
enum Dialect {
  /** As the standard has it. */
  STANDARD,

  /** One issuer for each organisation, and addresses that nobody has verified. */
  MICROSOFT {
    private static final String TENANT = "{tenantid}";
    private static final Pattern TENANT_ID =
        Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    @Override
    boolean isIssuer(String expected, Claims claims) {
      String tenant = claims.optionalString("tid").orElse("");
      return TENANT_ID.matcher(tenant).matches()
          && super.isIssuer(expected.replace(TENANT, tenant), claims);
    }

    @Override
    boolean mayCallItself(String expected, String given) {
      int at = expected.indexOf(TENANT);
      return at < 0
          ? expected.equals(given)
          : given.matches(
              Pattern.quote(expected.substring(0, at))
                  + "([0-9a-f-]{36}|\\{tenantid\\})"
                  + Pattern.quote(expected.substring(at + TENANT.length())));
    }

    /** The subject is unique within an organisation; a tenant id has 36 characters. */
    @Override
    String subject(Claims claims) {
      return claims.string("tid") + "/" + super.subject(claims);
    }

    /** An administrator can put in any address; this claim says that its domain is his. */
    @Override
    Optional<String> verifiedEmail(Claims claims) {
      return claims.isTrue("xms_edov") ? claims.optionalString("email") : Optional.empty();
    }
  },

  /** Answers by a form, which has the name, once. */
  APPLE {
    @Override
    Map<String, String> parameters() {
      return Map.of("scope", "openid name email", "response_mode", "form_post");
    }

    @Override
    boolean postsBack() {
      return true;
    }

    /** The form comes through the browser: it may say whatever somebody likes. */
    @Override
    Optional<String> displayName(Claims claims, Callback callback) {
      try {
        if (callback.user().isPresent()
            && JsonText.parse(callback.user().get()) instanceof JsonObject user
            && user.get("name") instanceof JsonObject name) {
          return Optional.of(
              Stream.of("firstName", "lastName")
                  .map(name::get)
                  .filter(JsonString.class::isInstance)
                  .map(part -> ((JsonString) part).value())
                  .collect(Collectors.joining(" ")));
        }
      } catch (JsonFormatException e) {
        // then there is no name
      }
      return Optional.empty();
    }
  };

  /** What to ask for. */
  Map<String, String> parameters() {
    return Map.of("scope", "openid email profile");
  }

  /** Whether the callback is a POST. */
  boolean postsBack() {
    return false;
  }

  /** Whether an ID token is of the issuer that it should be of. */
  boolean isIssuer(String expected, Claims claims) {
    return claims.optionalString("iss").filter(expected::equals).isPresent();
  }

  /** Whether the parameter {@code iss} of a callback is right. */
  boolean mayCallItself(String expected, String given) {
    return expected.equals(given);
  }

  /** Who somebody is at this provider. */
  String subject(Claims claims) {
    return claims.string("sub");
  }

  /** His address, if the provider has verified it. */
  Optional<String> verifiedEmail(Claims claims) {
    return claims.isTrue("email_verified") ? claims.optionalString("email") : Optional.empty();
  }

  /** His name, for people. */
  Optional<String> displayName(Claims claims, Callback callback) {
    return claims.optionalString("name").or(() -> claims.optionalString("preferred_username"));
  }
}
