/** The nouns of the protocol, the JSON model and the interfaces a store implements. */
module dev.landfall.api {
  requires transitive org.jspecify;
  requires com.fasterxml.jackson.core;

  exports dev.landfall.api;
  exports dev.landfall.api.json;
  exports dev.landfall.api.store;
}
