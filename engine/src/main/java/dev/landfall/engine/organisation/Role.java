package dev.landfall.engine.organisation;

/** What somebody is in an organisation. */
public enum Role {
  /** Reads and writes its documents. */
  MEMBER("member"),
  /** Decides who is in it, too. */
  ADMIN("org-admin");

  private final String text;

  Role(String text) {
    this.text = text;
  }

  /** The name on the wire. */
  public String text() {
    return text;
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException if it is no role
   */
  public static Role parse(String text) {
    for (Role role : values()) {
      if (role.text.equals(text)) {
        return role;
      }
    }
    throw new IllegalArgumentException("must be member or org-admin");
  }
}
