package dev.landfall.webapp.settings;

import java.util.List;

/**
 * The configuration is wrong. The message has all errors, a line each; the server does not start.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String[] errors;

  /** With one line for each error: the key, what was given, what is allowed. Never a secret. */
  public ConfigurationException(List<String> errors) {
    super(
        "Landfall does not start: "
            + (errors.size() == 1 ? "a setting is wrong." : errors.size() + " settings are wrong.")
            + "\n  "
            + String.join("\n  ", errors),
        null,
        false,
        false);
    this.errors = errors.toArray(String[]::new);
  }

  /** The errors. */
  public List<String> errors() {
    return List.of(errors);
  }
}
