package dev.landfall.webapp.sync;

import java.util.concurrent.ScheduledExecutorService;

/**
 * The threads of the server, for what waits or is done later. A type of its own, because Jakarta EE
 * 11 has beans of the executor's types and Jakarta EE 10 has not.
 */
public record ServerThreads(ScheduledExecutorService executor) {}
