package dev.landfall.webapp.signin;

import java.net.URI;
import java.util.List;

/**
 * With whom people can sign in.
 *
 * @param redirectBase where browsers reach this server, without a slash at the end; meaningless if
 *     there are no providers
 * @param providers each with a name of its own
 */
public record SignInSettings(URI redirectBase, List<ProviderSettings> providers) {
  /** What stands there if nothing is configured. */
  public static final URI NOWHERE = URI.create("http://localhost");

  public SignInSettings {
    providers = List.copyOf(providers);
  }
}
