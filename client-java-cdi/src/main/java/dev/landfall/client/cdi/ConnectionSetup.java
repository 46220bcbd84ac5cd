package dev.landfall.client.cdi;

import dev.landfall.client.Connection;

/**
 * Says how connections are to be: whose token, which store. A bean that the application has to
 * have.
 */
@FunctionalInterface
public interface ConnectionSetup {
  /** The connection to an application, not opened yet. */
  Connection.Builder open(String application);
}
