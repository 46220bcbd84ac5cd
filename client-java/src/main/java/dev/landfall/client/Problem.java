package dev.landfall.client;

/**
 * Why an atom is not in step with the server.
 *
 * @param code as in the server's answers, or of the client's own: {@code unreachable}, {@code
 *     not_saved}
 * @param message for people
 */
public record Problem(String code, String message) {}
