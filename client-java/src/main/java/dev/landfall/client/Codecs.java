package dev.landfall.client;

/**
 * Makes codecs of classes; there is one of JSON-B and one of Jackson, each in a module of its own.
 * A {@link java.util.ServiceLoader} finds it if {@link Connection.Builder#codecs} names none.
 */
public interface Codecs {
  /**
   * The codec of a class.
   *
   * @throws IllegalArgumentException if it cannot be one of documents
   */
  <T> Codec<T> of(Class<T> type);
}
