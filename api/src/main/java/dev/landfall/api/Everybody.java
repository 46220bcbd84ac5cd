package dev.landfall.api;

/** Every signed-in user. */
public enum Everybody implements Principal {
  EVERYBODY;

  @Override
  public String text() {
    return "everybody:";
  }
}
