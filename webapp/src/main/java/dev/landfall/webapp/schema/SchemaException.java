package dev.landfall.webapp.schema;

/** A schema that cannot be used. The message is for whoever wrote the configuration. */
public final class SchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and where. */
  public SchemaException(String message) {
    super(message);
  }
}
