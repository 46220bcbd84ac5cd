package dev.landfall.api;

/** One collection of one owner in one application; keys are unique in it. */
public record Namespace(Owner owner, ApplicationName application, CollectionName collection) {

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
