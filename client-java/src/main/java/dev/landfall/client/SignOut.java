package dev.landfall.client;

import java.util.Map;
import java.util.Set;

/**
 * What came of a sign-out.
 *
 * @param done whether the device has forgotten everything
 * @param unsent the documents with changes that the server does not have, by collection; if {@code
 *     done}, they were lost
 * @param refused how many refused changes are in the inboxes, likewise
 */
public record SignOut(boolean done, Map<String, Set<String>> unsent, int refused) {}
