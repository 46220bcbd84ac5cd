package dev.landfall.webapp.it.beside;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Somebody else's application, deployed beside ours. */
@ApplicationPath("/api")
public class OtherApplication extends Application {}
