package dev.landfall.client;

import java.util.Optional;

/**
 * Why an atom is not in step with the server.
 *
 * @param code as in the server's answers, or of the client's own: {@code unreachable}, {@code
 *     not_saved}
 * @param message for people
 * @param reason what is behind the code: {@code restored} with {@code not_a_member} if the server
 *     was set back and may not know of the membership any more. Nothing is taken away then
 */
public record Problem(String code, String message, Optional<String> reason) {
  Problem(String code, String message) {
    this(code, message, Optional.empty());
  }
}
