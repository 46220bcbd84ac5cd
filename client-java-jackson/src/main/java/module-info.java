/** Codecs of classes for the Java client, by Jackson. */
module dev.landfall.client.jackson {
  requires transitive com.fasterxml.jackson.databind;
  requires transitive dev.landfall.client;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.datatype.jsr310;
  requires org.jspecify;

  exports dev.landfall.client.jackson;

  provides dev.landfall.client.Codecs with
      dev.landfall.client.jackson.JacksonCodecs;
}
