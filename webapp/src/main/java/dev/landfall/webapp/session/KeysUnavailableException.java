package dev.landfall.webapp.session;

/** The keys of an issuer cannot be had now, so that nothing can be said of its tokens. */
public final class KeysUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without a stack trace: anybody can cause as many of these as he likes. */
  KeysUnavailableException() {
    super("the keys of the token issuer cannot be had", null, false, false);
  }
}
