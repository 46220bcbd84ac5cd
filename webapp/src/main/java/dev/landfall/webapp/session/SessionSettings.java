package dev.landfall.webapp.session;

import java.util.Optional;

/**
 * How callers are recognised.
 *
 * @param secret with which our own tokens are signed
 * @param issuer of our own tokens
 * @param limits of our own sessions
 * @param development whether anybody on this machine may sign in as anybody
 * @param otherIssuer whose tokens are accepted besides ours
 */
public record SessionSettings(
    Secret secret,
    String issuer,
    SessionLimits limits,
    boolean development,
    Optional<IssuerSettings> otherIssuer) {}
