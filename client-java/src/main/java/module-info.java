/**
 * The Java client: documents on the device, on- and offline, and the loop that syncs them. Shares
 * clocks, paths and merge with the server and knows nothing else of it.
 */
module dev.landfall.client {
  requires transitive dev.landfall.api;
  requires transitive dev.landfall.engine;
  requires java.logging;
  requires java.net.http;
  requires java.sql;
  requires org.jspecify;
  requires org.xerial.sqlitejdbc;

  uses dev.landfall.client.Codecs;

  exports dev.landfall.client;
  exports dev.landfall.client.replica;
  exports dev.landfall.client.store;
}
