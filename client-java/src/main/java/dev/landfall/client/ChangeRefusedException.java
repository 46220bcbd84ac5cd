package dev.landfall.client;

/** The server did not take a change. It is in the atom's inbox. */
public final class ChangeRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String code;

  ChangeRefusedException(String name, String code) {
    super("the change of '" + name + "' was refused: " + code);
    this.name = name;
    this.code = code;
  }

  /** The name of the document in the atom's value. */
  public String name() {
    return name;
  }

  /** The server's reason. */
  public String code() {
    return code;
  }
}
