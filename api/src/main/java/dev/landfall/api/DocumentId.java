package dev.landfall.api;

/** Where a document is, within its application. */
public record DocumentId(Owner owner, CollectionName collection, DocumentKey key) {}
