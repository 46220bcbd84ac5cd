package dev.landfall.engine.invitation;

import dev.landfall.engine.directory.LinkToken;

/** An invitation that has just been made, with the token, which nobody is told again. */
public record Made(Invitation invitation, LinkToken token) {}
