package dev.landfall.webapp.console;

import java.util.List;

/**
 * What the console needs to know before anybody has signed in.
 *
 * @param on whether there is a console
 * @param development whether anybody may sign in under any name
 * @param providers with whom people can sign in
 * @param organisations whether everybody may found them
 */
public record ConsoleSettings(
    boolean on, boolean development, List<String> providers, boolean organisations) {
  public ConsoleSettings {
    providers = List.copyOf(providers);
  }
}
