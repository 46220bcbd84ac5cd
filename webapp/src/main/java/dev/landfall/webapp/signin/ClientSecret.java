package dev.landfall.webapp.signin;

/** With what we prove to a provider who we are. */
interface ClientSecret {
  /** The secret as of now. */
  String value();
}
