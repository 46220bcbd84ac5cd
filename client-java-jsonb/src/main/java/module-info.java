/** Codecs of classes for the Java client, by JSON-B. */
module dev.landfall.client.jsonb {
  requires transitive dev.landfall.client;
  requires transitive jakarta.json.bind;
  requires org.jspecify;

  exports dev.landfall.client.jsonb;

  provides dev.landfall.client.Codecs with
      dev.landfall.client.jsonb.JsonbCodecs;
}
