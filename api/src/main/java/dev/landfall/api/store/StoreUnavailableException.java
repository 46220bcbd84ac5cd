package dev.landfall.api.store;

/**
 * The database did not do what was asked in time, or at all. A write that ends so may or may not
 * have happened.
 */
public class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a database does not do what is asked, as far as the store can tell. */
  public enum Reason {
    /** It is down, too slow or out of reach; or its disk fails. */
    NO_ANSWER("no_answer", "the database does not answer"),
    /** There is no room to write. Reading goes on, and so does what makes room. */
    FULL("full", "the database has no room left"),
    /** What is stored is damaged. Nothing is written any more; what can be read is read. */
    CORRUPT("corrupt", "the database is damaged"),
    /** Its file was deleted, moved or replaced. Nothing is written any more. */
    GONE("gone", "the file of the database is gone");

    private final String code;
    private final String text;

    Reason(String code, String text) {
      this.code = code;
      this.text = text;
    }

    /** One word for a program. */
    public String code() {
      return code;
    }

    /** For a client: it names nothing of the database. */
    public String text() {
      return text;
    }
  }

  /** With the failed operation; the message is for the log and never for a client. */
  public StoreUnavailableException(String operation, Throwable cause) {
    this(Reason.NO_ANSWER, operation, cause);
  }

  /** With the failed operation; the message is for the log and never for a client. */
  public StoreUnavailableException(String operation) {
    this(Reason.NO_ANSWER, operation);
  }

  /** With the failed operation; the message is for the log and never for a client. */
  public StoreUnavailableException(Reason reason, String operation, Throwable cause) {
    super(operation, cause);
    this.reason = reason;
  }

  /** With the failed operation; the message is for the log and never for a client. */
  public StoreUnavailableException(Reason reason, String operation) {
    super(operation);
    this.reason = reason;
  }

  /** Why. */
  public final Reason reason() {
    return reason;
  }
}
