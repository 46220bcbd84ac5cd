/**
 * The rules of synchronisation: clocks, merge, history, commits. Knows no framework, starts no
 * thread, reads no clock.
 */
module dev.landfall.engine {
  requires transitive dev.landfall.api;
  requires org.jspecify;

  exports dev.landfall.engine;
  exports dev.landfall.engine.atom;
  exports dev.landfall.engine.audit;
  exports dev.landfall.engine.blocking;
  exports dev.landfall.engine.clock;
  exports dev.landfall.engine.commit;
  exports dev.landfall.engine.directory;
  exports dev.landfall.engine.document;
  exports dev.landfall.engine.erasure;
  exports dev.landfall.engine.history;
  exports dev.landfall.engine.index;
  exports dev.landfall.engine.instance;
  exports dev.landfall.engine.invitation;
  exports dev.landfall.engine.merge;
  exports dev.landfall.engine.organisation;
  exports dev.landfall.engine.owner;
  exports dev.landfall.engine.people;
  exports dev.landfall.engine.problem;
  exports dev.landfall.engine.query;
  exports dev.landfall.engine.search;
  exports dev.landfall.engine.sharing;
  exports dev.landfall.engine.sync;
  exports dev.landfall.engine.text;
  exports dev.landfall.engine.transfer;
  exports dev.landfall.engine.transit;
}
