package dev.landfall.webapp.http;

import java.io.IOException;

/** An answer is broken off, because its reader does not take it. */
final class AnswerNotReadException extends IOException {
  private static final long serialVersionUID = 1L;

  AnswerNotReadException(String message) {
    super(message);
  }

  /** None: anybody can cause as many of these as he likes, and the runtime prints them. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
