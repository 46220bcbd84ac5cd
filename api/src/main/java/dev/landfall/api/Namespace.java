package dev.landfall.api;

/**
 * One collection of one owner in one application; keys are unique in it. The order means nothing;
 * it keeps tables fast whose keys have been made to collide.
 */
public record Namespace(Owner owner, ApplicationName application, CollectionName collection)
    implements Comparable<Namespace> {
  @Override
  public int compareTo(Namespace other) {
    int order = collection.compareTo(other.collection);
    if (order == 0) {
      order = owner.text().compareTo(other.owner.text());
    }
    return order != 0 ? order : application.compareTo(other.application);
  }

  /**
   * The text form of the protocol, {@code user:application:collection} or {@code
   * org:id:application:collection}; different namespaces have different texts.
   */
  @Override
  public String toString() {
    String prefix = owner instanceof OrganisationId ? "org:" : "";
    return prefix
        + Names.segment(owner.value())
        + ":"
        + Names.segment(application.value())
        + ":"
        + Names.segment(collection.value());
  }
}
