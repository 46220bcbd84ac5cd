package dev.landfall.api.store;

import dev.landfall.api.CollectionName;
import dev.landfall.api.Principal;

/** The changes of one collection that one principal may read. */
public record Feed(Principal reader, CollectionName collection) {}
